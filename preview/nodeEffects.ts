import { fieldsOf, listOf } from "../base/rules/finding";
import type { NodeSteps } from "./nodes";
import type { PreviewStep, RecordedResource } from "./preview";

/** What happens to a node, in words. */
export interface NodeEffect {
  name: string;
  kind: "added" | "removed" | "changed" | "recorded" | "unchanged";
  /** In the order in which they matter. @example ["restarts kubelet"] */
  effects: string[];
  /** What a reader should look at before it is merged. */
  warnings: string[];
}

const idle = new Set(["same", "read", "refresh", ""]);

/** What a run would do to a node, as far as its preview tells. */
export function nodeEffect({ name, parts }: NodeSteps): NodeEffect {
  const steps = Object.values(parts);
  const { claim } = parts;
  if (steps.every(({ op }) => idle.has(op))) return { name, kind: "unchanged", effects: [], warnings: [] };
  if (claim?.op === "create") return { name, kind: "added", effects: [`**added**${at(claim)}`], warnings: [] };
  if (claim?.op === "delete") {
    const lost = claim.old?.inputs["lost"] === true;
    return {
      name,
      kind: "removed",
      effects: [lost ? "**removed**, only from the records: it is lost" : "**removed**: drained, then emptied"],
      warnings: [],
    };
  }
  const effects = [
    ...claimEffects(claim),
    ...registrationEffects(parts.registration),
    ...binariesEffects(parts.binaries),
    ...(["containerd", "api-server-proxy", "kubelet", "kube-proxy", "flannel"] as const).flatMap((part) =>
      unitEffects(part === "api-server-proxy" ? "kube-apiserver-proxy" : part, parts[part]),
    ),
    ...preparationEffects(parts.preparation),
  ];
  return effects.length === 0
    ? { name, kind: "recorded", effects: ["only recorded: nothing is done on the host"], warnings: [] }
    : { name, kind: "changed", effects, warnings: staleBinary(parts.binaries) };
}

function isActive(step: PreviewStep | undefined): step is PreviewStep {
  return step !== undefined && !idle.has(step.op);
}

function differs(step: PreviewStep, key: string): boolean {
  return JSON.stringify(step.old?.inputs[key]) !== JSON.stringify(step.new?.inputs[key]);
}

function claimEffects(step: PreviewStep | undefined): string[] {
  if (!isActive(step)) return [];
  const { inputs = {} } = step.new ?? {};
  const [before, after] = [reach(step.old), reach(step.new)];
  const isKnown = before.host !== undefined && after.host !== undefined;
  const hidden = !isKnown && step.changed.some((path) => path.startsWith("connection"));
  return [
    ...(differs(step, "lost") ? [inputs["lost"] === true ? "**declared lost**" : "is no longer declared lost"] : []),
    ...(differs(step, "adopt") && inputs["adopt"] === true ? ["may be adopted"] : []),
    ...(isKnown && before.host !== after.host ? [`**moved**: ${before.host} → ${after.host}`] : []),
    ...(before.hostKey === after.hostKey ? [] : ["another host key: another machine, or one that was reinstalled"]),
    ...(hidden ? ["reached otherwise, which is secret"] : []),
    ...(differs(step, "registered") || differs(step, "held") ? ["is claimed again"] : []),
  ];
}

function at(step: PreviewStep): string {
  const { host } = reach(step.new);
  return host === undefined ? "" : ` at ${host}`;
}

/** How a host is reached, as far as it is not secret. */
function reach(resource: RecordedResource | undefined): { host?: string; hostKey?: string } {
  const { host, port, hostKey } = fieldsOf(resource?.inputs["connection"]);
  if (typeof host !== "string" || typeof hostKey !== "string") return {};
  return { host: port === undefined || port === 22 ? host : `${host}:${textOf(port)}`, hostKey };
}

function registrationEffects(step: PreviewStep | undefined): string[] {
  if (!isActive(step)) return [];
  const [old, now] = [step.old?.inputs ?? {}, step.new?.inputs ?? {}];
  const version = differs(step, "kubeletVersion") && old["kubeletVersion"] !== undefined;
  return [
    ...(version ? [`${textOf(old["kubeletVersion"])} → ${textOf(now["kubeletVersion"])}`] : []),
    ...marks("relabelled", labelsOf(old["labels"]), labelsOf(now["labels"])),
    ...marks("retainted", taintsOf(old["taints"]), taintsOf(now["taints"])),
  ];
}

function marks(word: string, old: string[], now: string[]): string[] {
  const added = now.filter((mark) => !old.includes(mark)).map((mark) => `+\`${mark}\``);
  const gone = old.filter((mark) => !now.includes(mark)).map((mark) => `−\`${mark}\``);
  return added.length + gone.length === 0 ? [] : [`${word} ${[...added, ...gone].join(" ")}`];
}

function labelsOf(value: unknown): string[] {
  return Object.entries(fieldsOf(value)).map(([key, label]) => `${key}=${textOf(label)}`);
}

function taintsOf(value: unknown): string[] {
  return listOf(value).map((taint) => {
    const { key, value: ofKey, effect } = fieldsOf(taint);
    return `${textOf(key)}${ofKey === undefined ? "" : `=${textOf(ofKey)}`}:${textOf(effect)}`;
  });
}

function binariesEffects(step: PreviewStep | undefined): string[] {
  if (!isActive(step)) return [];
  const old = Object.keys(fieldsOf(step.old?.inputs["programs"]));
  const brought = Object.keys(fieldsOf(step.new?.inputs["programs"])).filter((path) => !old.includes(path));
  const names = brought.map((path) => path.split("/").slice(-1).join(""));
  return [
    ...(names.length > 0 ? [`brings ${names.join(", ")}`] : []),
    ...(differs(step, "archive") || differs(step, "members") ? ["changes CNI plugins"] : []),
    ...(differs(step, "faults") ? ["repairs binaries"] : []),
  ];
}

/** The same bytes under another version: the release was changed and its checksum was not. */
function staleBinary(step: PreviewStep | undefined): string[] {
  if (!isActive(step)) return [];
  const before = Object.entries(fieldsOf(step.old?.inputs["programs"]));
  return Object.entries(fieldsOf(step.new?.inputs["programs"])).flatMap(([path, program]) => {
    const digest = fieldsOf(program)["sha256"];
    const same = before.find(([old, one]) => old !== path && fieldsOf(one)["sha256"] === digest);
    const name = path.split("/").at(-1) ?? "";
    return same === undefined
      ? []
      : [
          `another release of ${name} has the checksum of the one before: its \`sha256\` was probably not changed with it`,
        ];
  });
}

/** The unit starts again where it, a file it reads or its program changes, if the running process has not read that yet. */
function unitEffects(unit: string, step: PreviewStep | undefined): string[] {
  if (!isActive(step)) return [];
  if (step.op === "create") return [`sets up ${unit}`];
  if (step.op === "delete") return [`takes ${unit} away`];
  const isReload = differs(step, "files") && sameAtStart(step.old) === sameAtStart(step.new);
  const restarts = ["unit", "files", "programs", "adjust"].some((key) => differs(step, key));
  const secret = step.changed.some((path) => path.startsWith("secretFiles"));
  const repairs = ["faults", "active", "enabled", "directories"].some((key) => differs(step, key));
  if (isReload) return [`reloads ${unit}`];
  if (restarts) return [`restarts ${unit}`];
  if (secret) return [`new credentials of ${unit}`];
  return repairs ? [`repairs ${unit}`] : [];
}

/** What a unit starts with, without files that it only reads again. */
function sameAtStart(resource: RecordedResource | undefined): string {
  const { unit, files, programs, adjust } = resource?.inputs ?? {};
  const read = Object.entries(fieldsOf(files)).filter(([, file]) => fieldsOf(file)["reload"] !== true);
  return JSON.stringify([unit, read, programs, adjust]);
}

function preparationEffects(step: PreviewStep | undefined): string[] {
  if (!isActive(step)) return [];
  const words: Record<string, string> = {
    packages: "packages",
    kernelModules: "kernel modules",
    sysctls: "kernel parameters",
    files: "files of the base system",
    faults: "what was found changed",
  };
  const changed = Object.keys(words).filter((key) => differs(step, key));
  return changed.length === 0 ? [] : [`prepares ${changed.map((key) => words[key]).join(", ")}`];
}

function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : "…";
}
