#!/usr/bin/env node
import { messageOf } from "../base/errorMessage";
import { UsageError } from "./arguments";
import { previewCommentCommand } from "./previewComment";

const help = `Usage: kubernetes-worker-nodes COMMAND [options]

  preview-comment   makes a comment in Markdown of what \`pulumi preview --json\` has written

kubernetes-worker-nodes COMMAND --help says more.
`;

function main([command, ...args]: string[]): void {
  switch (command) {
    case "preview-comment":
      process.stdout.write(previewCommentCommand(args));
      return;
    case undefined:
    case "--help":
    case "-h":
      process.stdout.write(help);
      return;
    default:
      throw new UsageError(`there is no command ${JSON.stringify(command)}\n\n${help}`);
  }
}

try {
  main(process.argv.slice(2));
} catch (error) {
  // Of a mistake of ours the place is of use; of a person's, what to do.
  const text = error instanceof UsageError || !(error instanceof Error) ? messageOf(error) : (error.stack ?? "");
  process.stderr.write(`error: ${text.trimEnd()}\n`);
  process.exitCode = 1;
}
