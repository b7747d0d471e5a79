/** Characters that Go's encoding/json writes as escapes and JSON.stringify does not. */
const escaped = /[<>&\u2028\u2029]/g;

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sortKeys);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, child]) => [key, sortKeys(child)]),
  );
}

/**
 * JSON as the CLI writes it: keys sorted, some characters escaped. Configuration reaches programs and providers, and so
 * checkpoints, in this form; in another a provider would look changed to the CLI.
 */
export function goJson(value: unknown): string {
  const escape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(sortKeys(value)).replace(escaped, escape);
}
