import { fieldsOf } from "../base/rules/finding";
import { lineDiff, wholeText, type DiffLine } from "./lineDiff";
import type { NodeSteps } from "./nodes";
import type { PreviewStep } from "./preview";

/** A change of a file, once for all nodes that have the same. */
export interface FileChange {
  path: string;
  kind: "new" | "gone" | "changed";
  lines: DiffLine[];
  /** Why there are no lines, in words. */
  hidden?: string;
  nodes: string[];
}

/** Stands for a node's own name, so that what differs by it alone is one change. */
export const nodePlaceholder = "<node>";

/** A file as the state has it. */
interface StateFile {
  text: string;
  /** Why the text is not the file's, in words. */
  hidden?: string;
}

/** The changes of all files that a preview shows, by path. */
export function fileChanges(nodes: readonly NodeSteps[]): FileChange[] {
  const changes = new Map<string, FileChange>();
  for (const { name, parts } of nodes) {
    for (const change of Object.values(parts).flatMap((step) => changesOf(step, name))) {
      const key = JSON.stringify([change.path, change.kind, change.lines, change.hidden]);
      const known = changes.get(key);
      if (known === undefined) changes.set(key, { ...change, nodes: [name] });
      else known.nodes.push(name);
    }
  }
  const order: FileChange["kind"][] = ["changed", "gone", "new"];
  return [...changes.values()].sort(
    (a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || a.path.localeCompare(b.path),
  );
}

function changesOf(step: PreviewStep, node: string): Omit<FileChange, "nodes">[] {
  // A file that goes with its node is no news.
  if (step.op === "same" || step.op === "delete") return [];
  const [old, now] = [filesOf(step.old?.inputs, node), filesOf(step.new?.inputs, node)];
  return [...new Set([...Object.keys(old), ...Object.keys(now)])].flatMap((path) => {
    const [before, after] = [old[path], now[path]];
    return before?.text === after?.text ? [] : [change(path, before, after)];
  });
}

function change(path: string, before: StateFile | undefined, after: StateFile | undefined): Omit<FileChange, "nodes"> {
  const kind = before === undefined ? "new" : after === undefined ? "gone" : "changed";
  const hidden = after?.hidden ?? before?.hidden;
  if (hidden !== undefined) return { path, kind, lines: [], hidden };
  const lines = {
    new: () => wholeText(after?.text ?? "", "+"),
    gone: () => wholeText(before?.text ?? "", "-"),
    changed: () => lineDiff(before?.text ?? "", after?.text ?? ""),
  };
  return { path, kind, lines: lines[kind]() };
}

/** The unit is one of the files. Where all of `secretFiles` is secret, not even its paths are known. */
function filesOf(inputs: Record<string, unknown> | undefined, node: string): Record<string, StateFile> {
  const { unit, unitName, files, secretFiles } = inputs ?? {};
  const all = [...Object.entries(fieldsOf(files)), ...Object.entries(fieldsOf(secretFiles))].map(([path, file]) => {
    const { content, sealed } = fieldsOf(file);
    return [path, stateFile(content, sealed === true, node)];
  });
  const ofUnit =
    typeof unit === "string" ? [[`/etc/systemd/system/${String(unitName)}`, stateFile(unit, false, node)]] : [];
  return Object.fromEntries([...all, ...ofUnit]) as Record<string, StateFile>;
}

function stateFile(content: unknown, sealed: boolean, node: string): StateFile {
  if (typeof content !== "string" || content === "[secret]") return { text: "[secret]", hidden: "it is secret" };
  return sealed ? { text: content, hidden: "the state has its digest only" } : { text: named(content, node) };
}

/** Where a name stands as a word of its own; a longer name that begins with it is another. */
function named(text: string, node: string): string {
  const word = node.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return text.replaceAll(new RegExp(`(?<![-.\\w])${word}(?![-.\\w])`, "g"), nodePlaceholder);
}
