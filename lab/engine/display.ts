/** What a person reads of a run, in the CLI's words and marks. Source: pkg/backend/display. */
import type { Masker } from "./masking";
import { diffSummary, outputLines, stepDetails } from "./propertyDisplay";
import type { RunEvents, Severity } from "./run";
import { isLogical, type Step, type StepOp, waitsForOutputs } from "./steps";
import { isDefaultProvider, nameOf, typeOf } from "./urn";
import { silentSteps, stepWords } from "./stepWords";
import type { PropertyMap } from "./values";

export interface DisplayOptions {
  write: (text: string) => void;
  masker: Masker;
  stack: string;
  /** Resource to which messages of no other resource belong. */
  stackUrn: string;
  /** What runs: "Previewing update", "Updating", ... */
  title: string;
  dryRun: boolean;
  /** Show what changes in each resource. */
  diff: boolean;
  /** The run is a refresh, so what it finds is what counts. */
  countRefresh: boolean;
  /** Show debug messages too. */
  verbose: boolean;
}

const elapsed = (milliseconds: number): string =>
  milliseconds < 1000 ? `${(milliseconds / 1000).toFixed(2)}s` : `${String(Math.floor(milliseconds / 1000))}s`;

export class Display implements RunEvents {
  private readonly started = Date.now();
  private readonly stepStart = new Map<Step, number>();
  private readonly counts = new Map<StepOp, number>();
  private readonly messages = new Map<string, string[]>();

  constructor(private readonly options: DisplayOptions) {
    this.line("This is the lab's engine, not the Pulumi CLI: for the lab and the tests only.");
    this.line(`${options.title} (${options.stack}):\n`);
  }

  /** Whether anything but outputs changes, as --expect-no-changes means it. */
  get hasChanges(): boolean {
    return [...this.counts.keys()].some((op) => op !== "same" && op !== "read");
  }

  observe(properties: PropertyMap): void {
    this.options.masker.observe(properties);
  }

  log(severity: Severity, message: string, urn: string): void {
    const text = this.options.masker.maskMessage(message).replace(/\s+$/, "");
    if (text === "" || (severity === "debug" && !this.options.verbose)) {
      return;
    }
    const line = severity === "info" ? text : `${severity}: ${text}`;
    const owner = urn || this.options.stackUrn;
    this.messages.set(owner, [...(this.messages.get(owner) ?? []), line]);
    this.line(`    ${urn === "" ? "" : `${typeOf(urn)} ${nameOf(urn)} `}${line.replaceAll("\n", "\n    ")}`);
  }

  stepStarted(step: Step): void {
    this.stepStart.set(step, Date.now());
    if (!this.isHidden(step) && !this.options.dryRun) {
      this.row(step, `${stepWords[step.op].doing} (0s)`);
    }
  }

  stepEnded(step: Step, error: Error | undefined): void {
    const counts = step.isRefresh === true ? this.options.countRefresh : isLogical(step);
    if (error === undefined && counts && !isDefaultProvider(step.urn)) {
      this.counts.set(step.op, (this.counts.get(step.op) ?? 0) + 1);
    }
    if (!this.isHidden(step) && (error !== undefined || !waitsForOutputs(step))) {
      this.showEnd(step, error);
    }
  }

  outputsRegistered(step: Step): void {
    if (!this.isHidden(step)) {
      this.showEnd(step, undefined);
    }
  }

  private showEnd(step: Step, error: Error | undefined): void {
    const { dryRun } = this.options;
    const { plan, doing, done } = stepWords[step.op];
    const time = elapsed(Date.now() - (this.stepStart.get(step) ?? Date.now()));
    this.row(step, error !== undefined ? `**${doing} failed** (${time})` : dryRun ? plan : `${done} (${time})`);
    if (this.options.diff && !["create-replacement", "delete-replaced"].includes(step.op)) {
      stepDetails(step).forEach((line) => {
        this.line(`        ${line.replaceAll("\n", "\n        ")}`);
      });
    }
  }

  /** The end of the output: messages by resource, outputs, counts, time. */
  summary(outputs: { before: PropertyMap | undefined; after: PropertyMap } | undefined): void {
    this.diagnostics();
    const lines = outputLines(outputs?.before, outputs?.after ?? {}, this.options.dryRun);
    if (lines.length > 0) {
      this.line(`\nOutputs:\n${lines.join("\n")}`);
    }
    this.line("\nResources:");
    const { dryRun } = this.options;
    let [changes, kinds] = [0, 0];
    for (const [op, { mark, plan, done }] of Object.entries(stepWords)) {
      const count = [...this.counts].find(([counted]) => counted === op)?.[1] ?? 0;
      if (count > 0 && op !== "same" && op !== "read") {
        changes += count;
        kinds++;
        this.line(`    ${mark}${String(count)} ${dryRun ? `to ${plan}` : done}`);
      }
    }
    const same = this.counts.get("same") ?? 0;
    const pieces = [
      ...(kinds > 1 ? [`${String(changes)} changes`] : []),
      ...(same > 0 ? [`${String(same)} unchanged`] : []),
    ];
    if (pieces.length > 0) {
      this.line(`    ${pieces.join(". ")}`);
    }
    const errored = [...this.messages.values()].filter((lines) => lines.some((line) => line.startsWith("error: ")));
    if (errored.length > 0) {
      this.line(`    ${String(errored.length)} errored`);
    }
    this.line(`\nDuration: ${String(Math.max(1, Math.round((Date.now() - this.started) / 1000)))}s`);
  }

  private diagnostics(): void {
    if (this.messages.size === 0) {
      return;
    }
    this.line("\nDiagnostics:");
    for (const [urn, lines] of this.messages) {
      this.line(`  ${typeOf(urn)} (${nameOf(urn)}):`);
      lines.forEach((line) => {
        this.line(`    ${line.replaceAll("\n", "\n    ")}`);
      });
    }
  }

  private isHidden({ op, urn }: Step): boolean {
    return silentSteps.includes(op) || isDefaultProvider(urn);
  }

  private row(step: Step, status: string): void {
    const diff = step.op === "update" || step.op === "replace" ? diffSummary(step) : "";
    this.line(` ${stepWords[step.op].mark} ${typeOf(step.urn)} ${nameOf(step.urn)} ${status}${diff}`);
  }

  private line(text: string): void {
    this.options.write(`${this.options.masker.mask(text)}\n`);
  }
}
