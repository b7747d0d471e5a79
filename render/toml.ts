import { stringify } from "smol-toml";
import type { Finding, Path } from "../base/rules/finding";
import { isJsonObject, type JsonObject, type JsonValue } from "./types";

/** An object as TOML with sorted keys, so that equal objects give equal text. TOML has no null: such keys are left out. */
export function renderToml(value: JsonObject): string {
  return stringify(sorted(value)).trimEnd() + "\n";
}

/** What an object holds that TOML has no word for. */
export function tomlFindings(value: JsonValue, path: Path = []): Finding[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) =>
      item === null
        ? [
            {
              path: [...path, index],
              fault: "is null, which a list of TOML cannot hold; write a value, or take the item out",
            },
          ]
        : tomlFindings(item, [...path, index]),
    );
  }
  if (typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    return [
      { path, fault: "is a whole number too large to be written exactly; write a smaller one, or text in quotes" },
    ];
  }
  return isJsonObject(value) ? Object.entries(value).flatMap(([key, item]) => tomlFindings(item, [...path, key])) : [];
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
