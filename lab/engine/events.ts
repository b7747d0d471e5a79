/** What happens in a run, for those who look on: the display, and the JSON lines of the CLI's --event-log for tests. */
import { mapValues } from "es-toolkit";
import type { EventEmitter } from "node:events";
import { appendFileSync, writeFileSync } from "node:fs";
import { isLogical, type Step, subject, waitsForOutputs } from "./steps";
import { typeOf } from "./urn";
import type { PropertyMap } from "./values";

export type Severity = "debug" | "info" | "warning" | "error";

export type RunEvents = EventEmitter<{
  /** Message, and the URN it is about; empty where it belongs to no resource. */
  log: [severity: Severity, message: string, urn: string];
  /** Properties before anything is said about them, for the secrets in them. */
  observe: [properties: PropertyMap];
  stepStarted: [step: Step];
  stepEnded: [step: Step, error: Error | undefined];
  /** A component's outputs are there: only then its step is over. */
  outputsRegistered: [step: Step];
  /** The program has said that it registers nothing more. */
  programComplete: [];
  /** Everything the program registered, or no longer did, is done. */
  over: [];
}>;

/** A step without its properties: which these are and how they changed is in `detailedDiff`. */
function metadata(step: Step, isRefresh: boolean): object {
  const { urn, diff } = step;
  return {
    // Within another operation the CLI does not say what a refresh came to.
    op: step.isRefresh === true && !isRefresh ? "refresh" : step.op,
    urn,
    type: typeOf(urn),
    keys: diff?.replaceKeys,
    diffs: diff?.changedKeys,
    detailedDiff:
      diff?.detailed &&
      mapValues(diff.detailed, ({ kind, replace, inputDiff }) => ({
        diffKind: replace ? `${kind}-replace` : kind,
        inputDiff,
      })),
    logical: isLogical(step),
    provider: subject(step).provider,
  };
}

/**
 * Writes the run as JSON lines. Source: sdk/go/common/apitype/events.go.
 * @param file emptied first.
 * @param mask takes the secrets out of a message.
 * @param isRefresh whether the operation is a refresh.
 * @param isPreview whether nothing is done, so that the CLI knows of no failed steps, only of messages.
 */
export function writeEventLog(
  events: RunEvents,
  file: string,
  mask: (text: string) => string,
  { isRefresh, isPreview }: { isRefresh: boolean; isPreview: boolean },
) {
  let sequence = 0;
  const add = (kind: string, event: object): void => {
    const line = { sequence: sequence++, timestamp: Math.floor(Date.now() / 1000), [kind]: event };
    appendFileSync(file, `${JSON.stringify(line)}\n`);
  };
  const addStep = (kind: string, step: Step): void => add(kind, { metadata: metadata(step, isRefresh) });
  writeFileSync(file, "");
  events.on("log", (severity, message, urn) =>
    add("diagnosticEvent", { urn, severity: severity === "info" ? "info#err" : severity, message: mask(message) }),
  );
  events.on("stepStarted", (step) => addStep("resourcePreEvent", step));
  events.on("outputsRegistered", (step) => addStep("resOutputsEvent", step));
  events.on("stepEnded", (step, error) => {
    if (error !== undefined && !isPreview) addStep("resOpFailedEvent", step);
    if (error === undefined && !waitsForOutputs(step)) addStep("resOutputsEvent", step);
  });
}
