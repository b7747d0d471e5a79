import { z } from "zod";
import type { CheckFailure } from "./standIn";
import { containsUnknown, isPlainMap, revealMap, type PropertyMap } from "./values";

/**
 * What is wrong with `news` by `schema`, one failure each. Properties that are not known yet are left for later;
 * names the schema does not have are refused, not ignored.
 */
export function schemaFailures(schema: z.ZodObject, news: PropertyMap): CheckFailure[] {
  const unknownNames = Object.keys(news).filter((name) => containsUnknown(news[name] ?? null));
  const known = Object.fromEntries(Object.entries(revealMap(news)).filter(([name]) => !unknownNames.includes(name)));
  return (schema.safeParse(known).error?.issues ?? [])
    .filter((issue) => !unknownNames.includes(String(issue.path[0])))
    .flatMap((issue) =>
      issue.code === "unrecognized_keys"
        ? issue.keys.map((key) => ({
            property: [...issue.path, key].join("."),
            reason: "is not served by the stand-in",
          }))
        : [{ property: issue.path.join("."), reason: issue.message }],
    );
}

/** `map` without the entries whose value is null, at any depth: Pulumi does not tell them from absent ones. */
export function withoutNulls(map: PropertyMap): PropertyMap {
  const set = Object.entries(map).filter(([, value]) => value !== null);
  return Object.fromEntries(set.map(([name, value]) => [name, isPlainMap(value) ? withoutNulls(value) : value]));
}
