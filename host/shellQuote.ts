/** A value as one word of a POSIX shell, whatever it contains. @example shellQuote("it's") // 'it'\''s' */
export function shellQuote(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
