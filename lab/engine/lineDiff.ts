import { structuredPatch } from "diff";

/** Lines around a change that are shown for orientation. */
const context = 2;
/** With more lines changed than this, texts are shown as wholly different rather than compared. */
const maxEditLength = 2000;

/**
 * What changed between two texts, line by line: `-` gone, `+` new, others for orientation, `...` for what is left out.
 *
 * @example lineDiff("a\nb\n", "a\nc\n") // ["  a", "- b", "+ c"]
 */
export function lineDiff(before: string, after: string): string[] {
  const [old, fresh] = [before, after].map((text) => `${text.replace(/\n$/, "")}\n`) as [string, string];
  const patch = structuredPatch("", "", old, fresh, "", "", { context, maxEditLength });
  if (patch === undefined) {
    const lines = (text: string): string => `(${String(text.split("\n").length - 1)} lines)`;
    return [`- ${lines(old)}`, `+ ${lines(fresh)}`];
  }
  const last = patch.hunks.at(-1);
  const lineCount = old.split("\n").length - 1;
  return [
    ...patch.hunks.flatMap(({ oldStart, lines }) => [
      ...(oldStart > 1 ? ["  ..."] : []),
      ...lines.map((line) => `${line.slice(0, 1)} ${line.slice(1)}`),
    ]),
    ...(last !== undefined && last.oldStart + last.oldLines <= lineCount ? ["  ..."] : []),
  ];
}
