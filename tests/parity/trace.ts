/** What a row came to, in a form that is the same for every run and for the CLI and the engine. */
import { isEqual, uniqWith } from "es-toolkit";
import { openCrypter } from "../../lab/engine/passphrase";
import { type StepMetadata, nameOf } from "../lifecycle/stepEvents";
import type { Outcome, TestStack } from "../lifecycle/testStack";

export interface StepTrace {
  /** `operation name`. */
  step: string;
  keys?: string[];
  diffs?: string[];
  detailedDiff?: Record<string, string>;
}

export interface RunTrace {
  command: string;
  code: number;
  /** In alphabetical order: the order that matters is in the table. */
  steps: StepTrace[];
  failures: StepTrace[];
  /** Calls of the provider of things, in alphabetical order. */
  calls: string[];
}

export interface Trace {
  runs: RunTrace[];
  /** The exported deployment's resources by URN, secrets decrypted. */
  state: unknown[];
  pendingOperations: unknown[];
}

const signature = "4dabf18193072939515e22adb298388d";
/** Where in the program a resource was made, which the engine does not record, and what the real tls plugin keeps for itself. */
const unrecorded = new Set(["sourcePosition", "stackTrace", "__meta", "__pulumi_raw_state_delta"]);

/** Values that differ from run to run by their nature. */
const random: [RegExp, string][] = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<uuid>"],
  [/-----BEGIN [A-Z ]+-----[^-]+-----END [A-Z ]+-----\n?/g, "<pem>"],
  [/ecdsa-sha2-nistp256 [A-Za-z0-9+/=]+\n?/g, "<ssh key>"],
  [/SHA256:[A-Za-z0-9+/]+/g, "<fingerprint>"],
  [/([0-9a-f]{2}:){15}[0-9a-f]{2}/g, "<fingerprint>"],
  [/[0-9a-f]{40}/g, "<hash>"],
];

function normalizeText(key: string, text: string): string {
  if (key === "created" || key === "modified") {
    return "<time>";
  }
  // Text of the program itself.
  return key === "__provider" || key === "things:spec"
    ? "<program>"
    : random.reduce((done, [pattern, word]) => done.replace(pattern, word), text);
}

type Decrypt = (ciphertext: string) => string;

function normalize(value: unknown, decrypt: Decrypt, key = ""): unknown {
  if (typeof value === "string") {
    return normalizeText(key, value);
  }
  if (Array.isArray(value)) {
    const items = value.map((item) => normalize(item, decrypt));
    return key === "dependencies" ? items.sort() : items;
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  if (signature in value && "ciphertext" in value) {
    return { secret: normalize(JSON.parse(decrypt(String(value.ciphertext))), decrypt) };
  }
  const entries = Object.entries(value).filter(([name]) => !unrecorded.has(name));
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, child]) => [name, normalize(child, decrypt, name)]),
  );
}

function traceStep({ op, urn, keys, diffs, detailedDiff }: StepMetadata): StepTrace {
  const kinds = Object.entries(detailedDiff ?? {}).map(([path, { diffKind, inputDiff }]) => [
    path,
    `${diffKind}${inputDiff ? " of inputs" : ""}`,
  ]);
  return {
    step: `${op} ${nameOf(urn)}`,
    ...(keys && keys.length > 0 && { keys: [...keys].sort() }),
    ...(diffs && diffs.length > 0 && { diffs: [...diffs].sort() }),
    ...(kinds.length > 0 && { detailedDiff: Object.fromEntries(kinds.sort()) as Record<string, string> }),
  };
}

const traceSteps = (steps: StepMetadata[]): StepTrace[] =>
  steps
    .filter(({ urn }) => !urn.includes("::pulumi:pulumi:Stack::"))
    .map(traceStep)
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

/** The CLI's previews have the end of components that do not change twice. */
const withoutTwins = (steps: StepTrace[]): StepTrace[] =>
  uniqWith(steps, (a, b) => a.step.startsWith("same ") && isEqual(a, b));

export const traceRun = (command: string, { code, events }: Outcome, calls: string[]): RunTrace => ({
  command,
  code,
  steps: command === "preview" ? withoutTwins(traceSteps(events.succeeded)) : traceSteps(events.succeeded),
  failures: traceSteps(events.failed),
  calls: calls.sort(),
});

export function traceState(stack: TestStack): Pick<Trace, "state" | "pendingOperations"> {
  const { resources = [], pending_operations = [], secrets_providers } = stack.deployment();
  const salt = secrets_providers?.state.salt;
  const crypter = salt === undefined ? undefined : openCrypter(stack.passphrase, salt);
  const decrypt: Decrypt = (text) => crypter?.decrypt(text) ?? "";
  const sorted = [...resources].sort((a, b) => (a.urn + String(a.delete) < b.urn + String(b.delete) ? -1 : 1));
  return {
    state: sorted.map((resource) => normalize(resource, decrypt)),
    pendingOperations: pending_operations.map((operation) => normalize(operation, decrypt)),
  };
}

/** @throws Error where a resource comes before one it needs: such a checkpoint is one Pulumi refuses. */
export function checkOrder(stack: TestStack): void {
  const seen = new Set<string | undefined>([undefined, ""]);
  for (const { urn, parent, dependencies, provider } of stack.deployment().resources ?? []) {
    const needed = [parent, ...(dependencies ?? []), provider?.replace(/::[^:]+$/, "")];
    const missing = needed.find((each) => !seen.has(each));
    if (missing !== undefined) {
      throw new Error(`the checkpoint has ${urn} before ${missing}, which it needs`);
    }
    seen.add(urn);
  }
}
