/** The steps a run is made of; the names are Pulumi's. Source: pkg/resource/deploy/step.go. */
import type { DiffResult } from "./propertyDiff";
import { operationTypes, type PendingOperation, type ResourceState } from "./state";

/** Mark, and what a step is called before, while and after it runs. */
export const stepWords = {
  same: ["  ", "same", "unchanged", "unchanged"],
  create: ["+ ", "create", "creating", "created"],
  update: ["~ ", "update", "updating", "updated"],
  delete: ["- ", "delete", "deleting", "deleted"],
  replace: ["+-", "replace", "replacing", "replaced"],
  "create-replacement": ["++", "create replacement", "creating replacement", "created replacement"],
  "delete-replaced": ["--", "delete original", "deleting original", "deleted original"],
  read: ["> ", "read", "reading", "read"],
  "read-replacement": [">>", "read for replacement", "reading for replacement", "read for replacement"],
  discard: ["< ", "discard", "discarding", "discarded"],
  "discard-replaced": ["<<", "discard original", "discarding original", "discarded original"],
  refresh: ["~ ", "refresh", "refreshing", "refreshed"],
  "remove-pending-replace": ["  ", "complete replacement", "completing replacement", "completed replacement"],
} as const;

export type StepOp = keyof typeof stepWords;

/** Parts of a replacement, which as a whole counts as one change. */
const physical: StepOp[] = [
  ...(["create-replacement", "delete-replaced", "read-replacement"] as const),
  ...(["discard-replaced", "remove-pending-replace"] as const),
];
export const isLogical = ({ op }: Step): boolean => !physical.includes(op);

export interface Step {
  op: StepOp;
  urn: string;
  old?: ResourceState | undefined;
  new?: ResourceState | undefined;
  diff?: DiffResult | undefined;
  /** The step is what a refresh found, not something done. */
  isRefresh?: boolean;
  /** On create-replacement: the old resource is deleted at the end of the run, not before. */
  deleteLater?: boolean;
  /** On delete-replaced: the replacement is still to come. */
  beforeReplacement?: boolean;
}

/** What the checkpoint says of a step while it runs, which is what it is called; undefined where no provider is at work. */
export const pendingType = ({ op }: Step): PendingOperation["type"] | undefined =>
  operationTypes.find((type) => stepWords[op][2].replace("discarding", "deleting").startsWith(type));

/** Whether the step is over only when the program has registered the component's outputs. */
export const waitsForOutputs = ({ op, new: fresh, isRefresh }: Step): boolean =>
  fresh?.custom === false && op !== "delete" && isRefresh !== true;

/** The state a step is about. */
export function subject({ op, urn, old, new: fresh }: Step): ResourceState {
  const state = fresh ?? old;
  if (state === undefined) throw new Error(`step ${op} of ${urn} has no state`);
  return state;
}
