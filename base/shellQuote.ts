/**
 * A value as one word of a POSIX shell, whatever it contains. The only place where text becomes shell.
 *
 * @throws Error for a NUL character, which no shell word can hold.
 * @example shellQuote("it's")   // 'it'\''s'
 */
export function shellQuote(value: string): string {
  if (value.includes("\0")) throw new Error("a shell word cannot hold a NUL character");
  return /^[A-Za-z0-9_/:.,@%+=-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}
