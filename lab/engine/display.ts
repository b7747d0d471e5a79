/** What a person reads of a run, in the CLI's words and marks. Source: pkg/backend/display. */
import { omit } from "es-toolkit";
import type { RunEvents, Severity } from "./events";
import type { Masker } from "./masking";
import { diffSummary, outputLines, stepDetails } from "./propertyDisplay";
import { isLogical, type Step, type StepOp, stepWords, waitsForOutputs } from "./steps";
import { isDefaultProvider, nameOf, typeOf } from "./urn";
import type { PropertyMap } from "./values";

export interface DisplayOptions {
  stack: string;
  /** Show what changes in each resource. */
  diff: boolean;
  /** Show debug messages too. */
  verbose: boolean;
  masker: Masker;
  /** Resource to which messages of no other resource belong. */
  stackUrn: string;
  /** What runs: "Previewing update", "Updating", ... */
  title: string;
  dryRun: boolean;
  /** The run is a refresh, so what it finds is what counts. */
  countRefresh: boolean;
}

const elapsed = (milliseconds: number): string =>
  milliseconds < 1000 ? `${(milliseconds / 1000).toFixed(2)}s` : `${Math.floor(milliseconds / 1000)}s`;

/** Not shown at all: parts of something else that is. */
const isHidden = ({ op, urn }: Step): boolean =>
  op === "same" || op === "remove-pending-replace" || isDefaultProvider(urn);

export class Display {
  private readonly started = Date.now();
  private readonly stepStart = new Map<Step, number>();
  private readonly counts = new Map<StepOp, number>();
  private readonly messages = new Map<string, string[]>();

  constructor(
    events: RunEvents,
    private readonly options: DisplayOptions,
  ) {
    this.line("This is the lab's engine, not the Pulumi CLI: for the lab and the tests only.");
    this.line(`${options.title} (${options.stack}):\n`);
    events.on("observe", (properties) => options.masker.observe(properties));
    events.on("log", (...message) => this.log(...message));
    events.on("stepStarted", (step) => this.stepStarted(step));
    events.on("stepEnded", (step, error) => this.stepEnded(step, error));
    events.on("outputsRegistered", (step) => this.showEnd(step, undefined));
  }

  /** Whether anything but outputs changes, as --expect-no-changes means it. */
  get hasChanges(): boolean {
    return [...this.counts.keys()].some((op) => op !== "same" && op !== "read");
  }

  private log(severity: Severity, message: string, urn: string): void {
    const text = this.options.masker.maskMessage(message).trimEnd();
    if (text === "" || (severity === "debug" && !this.options.verbose)) return;
    const line = severity === "info" ? text : `${severity}: ${text}`;
    const owner = urn || this.options.stackUrn;
    this.messages.set(owner, [...(this.messages.get(owner) ?? []), line]);
    this.line(`${urn === "" ? "" : `${typeOf(urn)} ${nameOf(urn)} `}${line}`, 4);
  }

  private stepStarted(step: Step): void {
    this.stepStart.set(step, Date.now());
    if (!this.options.dryRun) this.row(step, `${stepWords[step.op][2]} (0s)`);
  }

  private stepEnded(step: Step, error: Error | undefined): void {
    const counts = step.isRefresh === true ? this.options.countRefresh : isLogical(step);
    if (error === undefined && counts && !isDefaultProvider(step.urn)) {
      this.counts.set(step.op, (this.counts.get(step.op) ?? 0) + 1);
    }
    if (error !== undefined || !waitsForOutputs(step)) this.showEnd(step, error);
  }

  private showEnd(step: Step, error: Error | undefined): void {
    const [, plan, doing, done] = stepWords[step.op];
    const time = elapsed(Date.now() - (this.stepStart.get(step) ?? Date.now()));
    const ended = error === undefined ? `${done} (${time})` : `**${doing} failed** (${time})`;
    this.row(step, this.options.dryRun ? plan : ended);
    const hasDetails = this.options.diff && !isHidden(step) && !/^(create-|delete-)/.test(step.op);
    if (hasDetails) stepDetails(step).forEach((line) => this.line(line, 8));
  }

  /** The end of the output: messages by resource, outputs, counts, time. */
  summary(outputs: { before: PropertyMap | undefined; after: PropertyMap } | undefined): void {
    if (this.messages.size > 0) this.line("\nDiagnostics:");
    for (const [urn, lines] of this.messages) {
      this.line(`${typeOf(urn)} (${nameOf(urn)}):`, 2);
      lines.forEach((line) => this.line(line, 4));
    }
    const shown = outputLines(outputs?.before, outputs?.after ?? {}, this.options.dryRun);
    if (shown.length > 0) this.line(`\nOutputs:\n${shown.join("\n")}`);
    this.line("\nResources:");
    this.countLines().forEach((line) => this.line(line, 4));
    this.line(`\nDuration: ${Math.max(1, Math.round((Date.now() - this.started) / 1000))}s`);
  }

  private countLines(): string[] {
    const counts = Object.fromEntries(this.counts);
    const [same, changes] = [counts.same ?? 0, omit(counts, ["same", "read"])];
    const ops = (Object.keys(stepWords) as StepOp[]).filter((op) => changes[op] !== undefined);
    const lines = ops.map((op) => {
      const [mark, plan, , done] = stepWords[op];
      return `${mark}${changes[op]} ${this.options.dryRun ? `to ${plan}` : done}`;
    });
    const total = Object.values(changes).reduce((sum, count) => sum + count, 0);
    const sums = [...(ops.length > 1 ? [`${total} changes`] : []), ...(same > 0 ? [`${same} unchanged`] : [])];
    const errored = [...this.messages.values()].filter((texts) => texts.some((text) => text.startsWith("error: ")));
    return [
      ...lines,
      ...(sums.length > 0 ? [sums.join(". ")] : []),
      ...(errored.length > 0 ? [`${errored.length} errored`] : []),
    ];
  }

  private row(step: Step, status: string): void {
    if (isHidden(step)) return;
    const diff = ["update", "replace", "create-replacement"].includes(step.op) ? diffSummary(step) : "";
    this.line(` ${stepWords[step.op][0]} ${typeOf(step.urn)} ${nameOf(step.urn)} ${status}${diff}`);
  }

  private line(text: string, indent = 0): void {
    const margin = " ".repeat(indent);
    process.stdout.write(`${this.options.masker.mask(margin + text.replaceAll("\n", `\n${margin}`))}\n`);
  }
}
