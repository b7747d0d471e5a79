import { z } from "zod";
import { hasUnknowns, plainMap, type PropertyMap } from "./propertyValue";
import type { CheckFailure } from "./standIn";

/**
 * What is wrong with `news` by `schema`, one failure each. Properties that are not known yet are left for later;
 * names the schema does not have are refused, not ignored.
 */
export function schemaFailures<Shape extends z.core.$ZodLooseShape>(
  schema: z.ZodObject<Shape, z.core.$strict>,
  news: PropertyMap,
): CheckFailure[] {
  const unknownNames = Object.keys(news).filter((name) => hasUnknowns(news[name] ?? null));
  const known = Object.fromEntries(Object.entries(plainMap(news)).filter(([name]) => !unknownNames.includes(name)));
  const result = schema.safeParse(known);
  return (result.error?.issues ?? [])
    .filter((issue) => !unknownNames.includes(String(issue.path[0])))
    .map((issue) => ({ property: issue.path.join("."), reason: issue.message }));
}

/** `map` without the entries whose value is null: Pulumi does not tell them from absent ones. */
export function withoutNulls(map: PropertyMap): PropertyMap {
  return Object.fromEntries(Object.entries(map).filter(([, value]) => value !== null));
}
