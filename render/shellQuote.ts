/** One word for a POSIX shell, whatever the value holds. @example shellQuote("it's")  // 'it'\''s' */
export function shellQuote(value: string): string {
  if (value.includes("\0")) {
    throw new Error("shellQuote: a shell word cannot hold a NUL character");
  }
  return /^[A-Za-z0-9_/:.,@%+=-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
