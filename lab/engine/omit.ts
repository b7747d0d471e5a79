/** The object without some of its keys. */
export function omit<Type extends object, Key extends keyof Type>(object: Type, ...keys: Key[]): Omit<Type, Key> {
  const copy = { ...object };
  for (const key of keys) {
    Reflect.deleteProperty(copy, key);
  }
  return copy;
}
