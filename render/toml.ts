import { stringify } from "smol-toml";

import { isJsonObject, type JsonObject, type JsonValue } from "./types";

/** An object as TOML with sorted keys, so that equal objects give equal text. TOML has no null: such keys are left out. */
export function renderToml(value: JsonObject): string {
  return stringify(sorted(value)).trimEnd() + "\n";
}

function sorted(value: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== null)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, item]) => [key, sortedValue(item)]),
  );
}

function sortedValue(value: JsonValue): JsonValue {
  if (Array.isArray(value)) {
    return value.map(sortedValue);
  }
  return isJsonObject(value) ? sorted(value) : value;
}
