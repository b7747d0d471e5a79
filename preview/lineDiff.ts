/** A line of a diff, with "+", "-" or " " before it; "@" alone stands for lines that are left out. */
export type DiffLine = string;

/** Lines that are shown around a change. */
const context = 2;

/**
 * The lines that differ, with a few around them.
 *
 * @example lineDiff("a\nb\n", "a\nc\n") // [" a", "-b", "+c"]
 */
export function lineDiff(before: string, after: string): DiffLine[] {
  return shortened(edits(linesOf(before), linesOf(after)));
}

/** A text whole, as lines that are new or gone. */
export function wholeText(text: string, mark: "+" | "-"): DiffLine[] {
  return linesOf(text).map((line) => `${mark}${line}`);
}

function linesOf(text: string): string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

/** By the longest common subsequence; configuration files are short enough for its table. */
function edits(before: string[], after: string[]): DiffLine[] {
  const table = lengths(before, after);
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      lines.push(` ${before[i]}`);
      [i, j] = [i + 1, j + 1];
    } else if (i < before.length && (j === after.length || at(table, i + 1, j) >= at(table, i, j + 1))) {
      lines.push(`-${before[i]}`);
      i += 1;
    } else {
      lines.push(`+${after[j]}`);
      j += 1;
    }
  }
  return lines;
}

/** Length of what is common from each place on. */
function lengths(before: string[], after: string[]): number[][] {
  const table = Array.from({ length: before.length + 1 }, () => Array<number>(after.length + 1).fill(0));
  for (let i = before.length - 1; i >= 0; i -= 1) {
    for (let j = after.length - 1; j >= 0; j -= 1) {
      const row = table[i];
      if (row === undefined) continue;
      row[j] =
        before[i] === after[j] ? at(table, i + 1, j + 1) + 1 : Math.max(at(table, i + 1, j), at(table, i, j + 1));
    }
  }
  return table;
}

function at(table: number[][], i: number, j: number): number {
  return table[i]?.[j] ?? 0;
}

function shortened(lines: DiffLine[]): DiffLine[] {
  const isNear = lines.map((_, index) =>
    lines.slice(Math.max(0, index - context), index + context + 1).some((line) => !line.startsWith(" ")),
  );
  return lines.flatMap((line, index) => {
    if (isNear[index]) return [line];
    // One mark for each stretch between two shown ones; none at the ends, where it would say nothing.
    const isFirst = index > 0 && isNear[index - 1] === true;
    return isFirst && isNear.slice(index).includes(true) ? ["@"] : [];
  });
}
