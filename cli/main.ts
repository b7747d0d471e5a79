#!/usr/bin/env node
import { messageOf } from "../base/errorMessage";
import { UsageError } from "./arguments";
import { initCommand } from "./init/init";
import { previewCommentCommand } from "./previewComment";

const help = `Usage: kubernetes-worker-nodes COMMAND [options]

  init              writes the file of a stack: finds what can be found, and asks for the rest
  preview-comment   makes a comment in Markdown of what \`pulumi preview --json\` has written

kubernetes-worker-nodes COMMAND --help says more.
`;

async function main([command, ...args]: string[]): Promise<void> {
  switch (command) {
    case "init":
      process.stdout.write(await initCommand(args));
      return;
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

main(process.argv.slice(2)).catch((error: unknown) => {
  // Of a mistake of ours the place is of use; of a person's, what to do.
  const text = error instanceof UsageError || !(error instanceof Error) ? messageOf(error) : (error.stack ?? "");
  process.stderr.write(`error: ${text.trimEnd()}\n`);
  process.exitCode = 1;
});
