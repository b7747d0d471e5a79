/** The steps of a run, from the event log of the CLI or of the engine. Source: sdk/go/common/apitype/events.go. */
import { existsSync, readFileSync } from "node:fs";

export interface StepMetadata {
  op: string;
  urn: string;
  /** Properties that ask for a replacement. */
  keys?: string[] | null;
  /** Top-level properties that differ. */
  diffs?: string[] | null;
  detailedDiff?: Record<string, { diffKind: string; inputDiff: boolean }> | null;
}

interface Event {
  resOutputsEvent?: { metadata: StepMetadata };
  resOpFailedEvent?: { metadata: StepMetadata };
}

export interface StepEvents {
  /** In the order they ended. */
  succeeded: StepMetadata[];
  failed: StepMetadata[];
}

export function readLines<Line>(file: string): Line[] {
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Line);
}

export function readStepEvents(file: string): StepEvents {
  const events = readLines<Event>(file);
  return {
    succeeded: events.flatMap(({ resOutputsEvent }) => resOutputsEvent?.metadata ?? []),
    failed: events.flatMap(({ resOpFailedEvent }) => resOpFailedEvent?.metadata ?? []),
  };
}

export const nameOf = (urn: string): string => urn.split("::").slice(3).join("::");

/** Whether a URN is of the program's own resources, not the stack's or a provider's. */
export const isOwn = (urn: string): boolean => !/pulumi:(providers:|pulumi:Stack::)/.test(urn);

/** `operation name` of the program's own resources. */
export const describeSteps = (steps: StepMetadata[]): string[] =>
  steps.filter(({ urn }) => isOwn(urn)).map(({ op, urn }) => `${op} ${nameOf(urn)}`);
