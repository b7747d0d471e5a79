import type { EngineEvent, OpMap, OpType } from "@pulumi/pulumi/automation";
import { CommandError } from "@pulumi/pulumi/automation";

/** How a run of the CLI ended. */
export interface Run {
  /** Its exit code was 0. */
  ok: boolean;
  /** Everything it printed. */
  output: string;
  /** Everything it told of its events, as JSON, without what only `--debug` shows. */
  events: string;
  /** What was done to each resource, in the order in which it was done; what stayed as it was is not there. */
  steps: Step[];
  /** Number of resources by what was done to them, as the last lines of a run say. */
  changes: OpMap;
}

export interface Step {
  op: OpType;
  /** Name of the resource in the program. */
  name: string;
  failed: boolean;
}

/** Steps that leave a resource as it was. */
const idle: OpType[] = ["same", "read", "refresh"];

/** Listens to one run of the CLI, as the Automation API tells of it. */
export class RunRecorder {
  private output = "";
  private events = "";
  private readonly steps: Step[] = [];
  private changes: OpMap = {};

  readonly listeners = {
    onOutput: (text: string): void => void (this.output += text),
    onError: (text: string): void => void (this.output += text),
    onEvent: (event: EngineEvent): void => this.take(event),
  };

  /** Awaits the run. A run that fails is an answer; anything else that goes wrong is thrown. */
  async run(operation: () => Promise<unknown>): Promise<Run> {
    let ok = true;
    try {
      await operation();
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      ok = false;
    }
    return { ok, output: this.output, events: this.events, steps: this.steps, changes: this.changes };
  }

  private take(event: EngineEvent): void {
    const { resOutputsEvent, resOpFailedEvent, summaryEvent, diagnosticEvent } = event;
    const severity: string | undefined = diagnosticEvent?.severity;
    if (severity !== "debug") this.events += `${JSON.stringify(event)}\n`;
    if (resOutputsEvent) this.note(resOutputsEvent.metadata, false);
    if (resOpFailedEvent) this.note(resOpFailedEvent.metadata, true);
    if (summaryEvent) this.changes = summaryEvent.resourceChanges;
  }

  private note({ op, urn }: { op: OpType; urn: string }, failed: boolean): void {
    if (idle.includes(op) && !failed) return;
    this.steps.push({ op, name: urn.split("::").slice(3).join("::"), failed });
  }
}

/** Names of the resources that something was done to. */
export function touched({ steps }: Run): string[] {
  return [...new Set(steps.map(({ name }) => name))].sort();
}
