/** A copy of an object without some of its keys; the others stay as they are, also those that its type does not name. */
export function without<T extends object, K extends keyof T>(object: T, keys: readonly K[]): Omit<T, K> {
  const kept = Object.entries(object).filter(([key]) => !keys.some((left) => left === key));
  return Object.fromEntries(kept) as Omit<T, K>;
}
