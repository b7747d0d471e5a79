/** How steps are called in the output. Source: deploy/step.go. */
import type { StepOp } from "./steps";

/** Mark, and what a step is called before, while and after it runs. */
export const stepWords: Record<StepOp, { mark: string; plan: string; doing: string; done: string }> = {
  same: { mark: "  ", plan: "same", doing: "unchanged", done: "unchanged" },
  create: { mark: "+ ", plan: "create", doing: "creating", done: "created" },
  update: { mark: "~ ", plan: "update", doing: "updating", done: "updated" },
  delete: { mark: "- ", plan: "delete", doing: "deleting", done: "deleted" },
  replace: { mark: "+-", plan: "replace", doing: "replacing", done: "replaced" },
  "create-replacement": {
    mark: "++",
    plan: "create replacement",
    doing: "creating replacement",
    done: "created replacement",
  },
  "delete-replaced": { mark: "--", plan: "delete original", doing: "deleting original", done: "deleted original" },
  read: { mark: "> ", plan: "read", doing: "reading", done: "read" },
  "read-replacement": {
    mark: ">>",
    plan: "read for replacement",
    doing: "reading for replacement",
    done: "read for replacement",
  },
  discard: { mark: "< ", plan: "discard", doing: "discarding", done: "discarded" },
  "discard-replaced": {
    mark: "<<",
    plan: "discard original",
    doing: "discarding original",
    done: "discarded original",
  },
  refresh: { mark: "~ ", plan: "refresh", doing: "refreshing", done: "refreshed" },
  "remove-pending-replace": {
    mark: "  ",
    plan: "complete replacement",
    doing: "completing replacement",
    done: "completed replacement",
  },
};
/** Not shown at all: parts of something else that is. */
export const silentSteps: StepOp[] = ["same", "remove-pending-replace"];
