/** The steps a run is made of; the names are Pulumi's. Source: pkg/resource/deploy/step.go. */
import type { DiffResult } from "./propertyDiff";
import type { ResourceState } from "./state";

export type StepOp =
  | "same"
  | "create"
  | "update"
  | "delete"
  | "replace"
  | "create-replacement"
  | "delete-replaced"
  | "read"
  | "read-replacement"
  | "discard"
  | "discard-replaced"
  | "refresh"
  | "remove-pending-replace";

export interface Step {
  op: StepOp;
  urn: string;
  old?: ResourceState | undefined;
  new?: ResourceState | undefined;
  diff?: DiffResult | undefined;
  ignoreChanges?: string[];
  /** The step is what a refresh found, not something done. */
  isRefresh?: boolean;
  /** On create-replacement: the old resource is deleted at the end of the run, not before. */
  deleteLater?: boolean;
  /** On delete-replaced: the replacement is still to come. */
  beforeReplacement?: boolean;
}

/** Whether the step is over only when the program has registered the component's outputs. */
export const waitsForOutputs = (step: Step): boolean =>
  step.new?.custom === false && step.op !== "delete" && step.isRefresh !== true;

/** The state a step is about. */
export function subject(step: Step): ResourceState {
  const state = step.new ?? step.old;
  if (state === undefined) {
    throw new Error(`step ${step.op} of ${step.urn} has no state`);
  }
  return state;
}

/** Steps that count as one change each; the others are parts of a replacement. */
export const isLogical = ({ op }: Step): boolean =>
  !["create-replacement", "delete-replaced", "read-replacement", "discard-replaced", "remove-pending-replace"].includes(
    op,
  );
