import { readFileSync } from "node:fs";
import { commentLimit, previewComment } from "../preview/comment";
import { readPreview } from "../preview/preview";
import { readArguments, UsageError } from "./arguments";

export const previewCommentHelp = `Usage: kubernetes-worker-nodes preview-comment [options] [FILE]

Makes a comment in Markdown of what \`pulumi preview --json\` has written to FILE, or to standard input: a line a node, then what
changes in each file. It needs neither a host nor the cluster, and shows no secret.

  --stack NAME    name of the stack, for the headline (default: $PULUMI_STACK)
  --details URL   address of the run, which the comment links to
  --limit N       most characters (default: ${commentLimit}, what GitHub takes)
  -h, --help      shows this
`;

/** @returns the comment */
export function previewCommentCommand(args: string[]): string {
  const { values, positionals } = readArguments(
    args,
    {
      stack: { type: "string" },
      details: { type: "string" },
      limit: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
    "kubernetes-worker-nodes preview-comment --help lists the options",
  );
  if (values.help) return previewCommentHelp;
  const [file = "-", ...others] = positionals;
  if (others.length > 0) throw new UsageError(`one file at a time; ${others.join(" ")} is too much`);
  const limit = Number(values.limit ?? commentLimit);
  if (!Number.isInteger(limit) || limit < 500) throw new UsageError("--limit is a whole number of 500 or more");
  const stack = values.stack ?? process.env["PULUMI_STACK"] ?? "stack";
  return previewComment(readFile(file), { stack, details: values.details, limit });
}

function readFile(file: string) {
  const name = file === "-" ? "standard input" : file;
  try {
    return readPreview(readFileSync(file === "-" ? 0 : file, "utf8"));
  } catch (error) {
    throw new UsageError(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
