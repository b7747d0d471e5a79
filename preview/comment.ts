import { fileChanges, nodePlaceholder, type FileChange } from "./fileChanges";
import { nodeEffect, type NodeEffect } from "./nodeEffects";
import { identityOf, sortedSteps } from "./nodes";
import type { Preview, PreviewStep } from "./preview";

/** GitHub refuses a comment of more than 65,536 characters. */
export const commentLimit = 65_000;

/** Lines of the nodes' table that are always to be seen; more are folded. */
const openRows = 40;

/** First line of a comment, which is not to be seen: a later one finds by it the one that it replaces. */
export function commentMark(stack: string): string {
  return `<!-- kubernetes-worker-nodes preview of ${stack.replaceAll(/[<>]|--/g, "")} -->`;
}

export interface CommentOptions {
  /** Name of the stack. */
  stack: string;
  /** Address of the whole preview, if the run has kept it. */
  details?: string;
  /** Most characters of the comment. @default 65,000 */
  limit?: number;
}

/**
 * A preview as a comment in Markdown: a line a node, then what changes in each file, once for all nodes that share it; new files
 * whole and folded. Nothing secret is in it: the CLI hides it, and of files that are sealed only the path is named. What does not fit
 * is left out from the end, and the comment says so.
 */
export function previewComment(preview: Preview, { stack, details, limit = commentLimit }: CommentOptions): string {
  const { nodes, others } = sortedSteps(preview.steps);
  const effects = nodes.map(nodeEffect);
  const errors = preview.diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message);
  const whole = details === undefined ? [] : [`[The whole preview](${details})`];
  const sections = [
    `${commentMark(stack)}\n### \`${stack}\`: ${headline(effects, others, errors.length)}`,
    ...errors.map((message) => fenced("", message.split("\n"))),
    ...warningLines(effects),
    ...nodeTable(effects),
    ...otherSteps(others),
    ...fileChanges(nodes).map(fileSection),
    ...whole,
  ];
  return fitting(sections, limit, details);
}

function headline(effects: NodeEffect[], others: PreviewStep[], errors: number): string {
  if (errors > 0) return "the preview failed";
  const count = (kind: NodeEffect["kind"]): number => effects.filter((effect) => effect.kind === kind).length;
  const active = others.filter(isActive).length;
  const counts = [
    [count("added"), "added"],
    [count("removed"), "removed"],
    [count("changed"), "changed"],
    [count("recorded"), "only recorded"],
  ] as const;
  const said = counts.filter(([number]) => number > 0).map(([number, word]) => `${nodesText(number)} ${word}`);
  const cluster = active > 0 ? [`${active} ${active === 1 ? "object" : "objects"} of the cluster`] : [];
  const unchanged = count("unchanged") > 0 ? [`${count("unchanged")} unchanged`] : [];
  return said.length + cluster.length === 0 ? "no changes" : [...said, ...cluster, ...unchanged].join(", ");
}

function nodesText(number: number): string {
  return `${number} ${number === 1 ? "node" : "nodes"}`;
}

function warningLines(effects: NodeEffect[]): string[] {
  const texts = new Set(effects.flatMap(({ warnings }) => warnings));
  return [...texts].map((text) => {
    const names = effects.filter(({ warnings }) => warnings.includes(text)).map(({ name }) => name);
    return `> **Look at this**: ${text} (${listed(names)})`;
  });
}

function nodeTable(effects: NodeEffect[]): string[] {
  const rows = effects
    .filter(({ kind }) => kind !== "unchanged")
    .map(({ name, effects: words }) => `| \`${name}\` | ${words.join("; ").replaceAll("|", "\\|")} |`);
  const unchanged = effects.filter(({ kind }) => kind === "unchanged").map(({ name }) => name);
  const rest = unchanged.length === 0 ? [] : [`Unchanged: ${listed(unchanged)}`];
  const head = "| node | what happens |\n| --- | --- |";
  if (rows.length === 0) return rest;
  const [seen, folded] = [rows.slice(0, openRows), rows.slice(openRows)];
  const more = folded.length === 0 ? [] : [details(`${folded.length} more nodes`, [head, ...folded].join("\n"))];
  return [[head, ...seen].join("\n"), ...more, ...rest];
}

function isActive({ op }: PreviewStep): boolean {
  return !["same", "read", "refresh"].includes(op);
}

/** Objects of the cluster and what they are made with, a line each, with the names of what changes. */
function otherSteps(others: PreviewStep[]): string[] {
  const lines = others.filter(isActive).map((step) => {
    const { type, name } = identityOf(step);
    const changed = step.op === "update" ? step.changed.map((path) => `\`${path.split(/[.[]/)[0]}\``) : [];
    const what = `${(type.split("$").at(-1) ?? "").split(":").at(-1)} \`${name}\``;
    return `- ${step.op} ${what}${changed.length === 0 ? "" : `: ${[...new Set(changed)].join(", ")}`}`;
  });
  return lines.length === 0 ? [] : [`**The cluster**\n\n${lines.join("\n")}`];
}

function fileSection({ path, kind, lines, nodes, hidden }: FileChange): string {
  const where = `${nodes.length === 1 ? "" : `${nodes.length} nodes: `}${listed(nodes)}`;
  if (hidden !== undefined)
    return `\`${path}\` ${kind === "changed" ? "changes" : kind}, not shown: ${hidden} (${where})`;
  const shown = fenced(
    "diff",
    lines.map((line) => (line === "@" ? "@@" : line)),
  );
  const named = lines.some((line) => line.includes(nodePlaceholder)) ? `, \`${nodePlaceholder}\` is its name` : "";
  if (kind === "changed") return `\`${path}\` on ${where}${named}\n\n${shown}`;
  const word = kind === "new" ? "new file" : "file that goes:";
  return details(`${word} <code>${path}</code> on ${where.replaceAll("`", "")}`, shown);
}

/** At most a dozen names; of more the first and the last. */
function listed(names: string[]): string {
  const code = (name: string): string => `\`${name}\``;
  if (names.length <= 12) return names.map(code).join(", ");
  return `${names.slice(0, 5).map(code).join(", ")} … ${code(names.at(-1) ?? "")} (${names.length})`;
}

function details(summary: string, body: string): string {
  return `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`;
}

/** A fence that is longer than any in the text, so that no file's content ends it. */
function fenced(language: string, lines: string[]): string {
  const longest = Math.max(2, ...lines.flatMap((line) => [...line.matchAll(/`+/g)].map(([run]) => run.length)));
  const fence = "`".repeat(longest + 1);
  return [`${fence}${language}`, ...lines, fence].join("\n");
}

/** Whole sections from the beginning on, as many as fit. */
function fitting(sections: string[], limit: number, link: string | undefined): string {
  const text = sections.join("\n\n");
  if (text.length < limit) return `${text}\n`;
  const where = link === undefined ? "they are in the log of the run" : `[the whole preview](${link}) has them`;
  const note = (left: number): string => `_${left} more parts did not fit: ${where}._\n`;
  let kept = sections.length;
  const size = (): number => sections.slice(0, kept).join("\n\n").length + 2 + note(sections.length - kept).length;
  while (kept > 1 && size() >= limit) kept -= 1;
  return `${sections.slice(0, kept).join("\n\n")}\n\n${note(sections.length - kept)}`;
}
