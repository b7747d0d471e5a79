import { uniq } from "es-toolkit";
import type { Change } from "../protocol/changes";
import type { Diff } from "../protocol/standIn";

/** A difference of which every part is changed in place. */
export function inPlace(details: Change[]): Diff {
  return { changed: uniq(details.map(({ path: [name = ""] }) => name)), replaces: [], details };
}
