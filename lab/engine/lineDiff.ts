/** Lines around a change that are shown for orientation. */
const contextLines = 2;
/** Beyond so many compared pairs of lines the texts are shown as wholly different rather than compared. */
const mostPairs = 4_000_000;

/** Length of the longest common subsequence of the lines from i and from j on, for all i and j. */
function commonLengths(before: string[], after: string[]): Uint32Array[] {
  const lengths = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1));
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      const row = lengths[i];
      const below = lengths[i + 1];
      if (row !== undefined && below !== undefined) {
        row[j] = before[i] === after[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
      }
    }
  }
  return lengths;
}

function compareLines(before: string[], after: string[]): string[] {
  const lengths = commonLengths(before, after);
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      lines.push(`  ${String(before[i++])}`);
      j++;
    } else if (j >= after.length || (i < before.length && (lengths[i + 1]?.[j] ?? 0) >= (lengths[i]?.[j + 1] ?? 0))) {
      lines.push(`- ${String(before[i++])}`);
    } else {
      lines.push(`+ ${String(after[j++])}`);
    }
  }
  return lines;
}

/**
 * What changed between two texts, line by line: `-` gone, `+` new, others for orientation, `...` for what is left out.
 *
 * @example lineDiff("a\nb\n", "a\nc\n") // ["  a", "- b", "+ c"]
 */
export function lineDiff(before: string, after: string): string[] {
  const [old, fresh] = [before.replace(/\n$/, "").split("\n"), after.replace(/\n$/, "").split("\n")];
  if (old.length * fresh.length > mostPairs) {
    return [`- (${String(old.length)} lines)`, `+ (${String(fresh.length)} lines)`];
  }
  const lines = compareLines(old, fresh);
  const changed = lines.flatMap((line, at) => (line.startsWith("  ") ? [] : [at]));
  const isNear = (at: number): boolean => changed.some((change) => Math.abs(change - at) <= contextLines);
  return lines.flatMap((line, at) => (isNear(at) ? [line] : isNear(at - 1) || at === 0 ? ["  ..."] : []));
}
