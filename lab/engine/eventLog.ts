/** The run as JSON lines in the form of the CLI's --event-log, for tests. Source: sdk/go/common/apitype/events.go. */
import { appendFileSync, writeFileSync } from "node:fs";
import type { RunEvents, Severity } from "./run";
import { isLogical, type Step, waitsForOutputs } from "./steps";
import { typeOf } from "./urn";

/** A step without its properties: which these are and how they changed is in `detailedDiff`. */
function metadata(step: Step, isRefresh: boolean): object {
  const { urn, diff } = step;
  // Within another operation the CLI does not say what a refresh came to.
  const op = step.isRefresh === true && !isRefresh ? "refresh" : step.op;
  const state = step.new ?? step.old;
  const detailed = [...(diff?.detailed ?? [])].map(
    ([path, { kind, replace, inputDiff }]) =>
      [path, { diffKind: replace ? `${kind}-replace` : kind, inputDiff }] as const,
  );
  return {
    op,
    urn,
    type: typeOf(urn),
    keys: diff?.replaceKeys,
    diffs: diff?.changedKeys,
    detailedDiff: diff?.detailed && Object.fromEntries(detailed),
    logical: isLogical(step),
    provider: state?.provider ?? "",
  };
}

export class EventLog implements RunEvents {
  private sequence = 0;

  /**
   * @param file emptied first.
   * @param isRefresh whether the operation is a refresh.
   */
  constructor(
    private readonly file: string,
    private readonly mask: (text: string) => string,
    private readonly isRefresh: boolean,
  ) {
    writeFileSync(file, "");
  }

  observe(): void {
    // Nothing of the properties is written.
  }

  log(severity: Severity, message: string, urn: string): void {
    this.add("diagnosticEvent", {
      urn,
      severity: severity === "info" ? "info#err" : severity,
      message: this.mask(message),
    });
  }

  stepStarted(step: Step): void {
    this.add("resourcePreEvent", { metadata: metadata(step, this.isRefresh) });
  }

  stepEnded(step: Step, error: Error | undefined): void {
    if (error === undefined && waitsForOutputs(step)) {
      return;
    }
    this.add(error === undefined ? "resOutputsEvent" : "resOpFailedEvent", {
      metadata: metadata(step, this.isRefresh),
    });
  }

  outputsRegistered(step: Step): void {
    this.add("resOutputsEvent", { metadata: metadata(step, this.isRefresh) });
  }

  private add(kind: string, event: object): void {
    const line = { sequence: this.sequence++, timestamp: Math.floor(Date.now() / 1000), [kind]: event };
    appendFileSync(this.file, `${JSON.stringify(line)}\n`);
  }
}

/** Tells several at once. */
export function allOf(...listeners: RunEvents[]): RunEvents {
  return {
    log: (...event) => {
      listeners.forEach((each) => {
        each.log(...event);
      });
    },
    observe: (...event) => {
      listeners.forEach((each) => {
        each.observe(...event);
      });
    },
    stepStarted: (...event) => {
      listeners.forEach((each) => {
        each.stepStarted(...event);
      });
    },
    stepEnded: (...event) => {
      listeners.forEach((each) => {
        each.stepEnded(...event);
      });
    },
    outputsRegistered: (...event) => {
      listeners.forEach((each) => {
        each.outputsRegistered(...event);
      });
    },
  };
}
