import { withHeader } from "./fileHeader";

/** A line of HAProxy's configuration, as the words it has. */
export type HaproxyLine = readonly (string | number)[];

/** Heads of sections, as words, and the lines in each. */
export type HaproxySections = readonly (readonly [head: HaproxyLine, lines: readonly HaproxyLine[]])[];

/**
 * A configuration file of HAProxy. @example renderHaproxy([[["defaults"], [["mode", "tcp"]]]])
 *
 * @see https://docs.haproxy.org/2.6/configuration.html#2.2
 */
export function renderHaproxy(sections: HaproxySections): string {
  const blocks = sections.map(([head, lines]) =>
    [haproxyLine(head), ...lines.map((line) => `  ${haproxyLine(line)}`)].join("\n"),
  );
  return withHeader(`${blocks.join("\n\n")}\n`);
}

function haproxyLine(words: HaproxyLine): string {
  return words.map((word) => haproxyWord(String(word))).join(" ");
}

/** Between single quotes HAProxy takes everything as it is; what it has no form for is a line break. */
function haproxyWord(word: string): string {
  if (/[\n\r\0]/.test(word))
    throw new Error(`${JSON.stringify(word)} has a line break, which HAProxy's files cannot have`);
  return /^[-\w.,:/@[\]]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
