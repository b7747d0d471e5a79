import type { Fault } from "../fault";
import { taintEffects, type Taint } from "../taint";

/** Labels the kubelet itself keeps at the node's real values; ours would be put back by it again and again. */
const kubeletLabels = new Set([
  "kubernetes.io/hostname",
  "kubernetes.io/os",
  "kubernetes.io/arch",
  "beta.kubernetes.io/os",
  "beta.kubernetes.io/arch",
]);

const namePattern = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const subdomainPattern = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

/** A fault of a label or taint; `ofKey` where it is the key that is wrong, not the value. */
export interface MarkFault {
  fault: Fault;
  ofKey: boolean;
}

/**
 * Rules that a Node's label breaks. Reserved prefixes such as node-role.kubernetes.io are fine: an admin client sets the labels, not
 * the kubelet. @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/
 */
export function labelFaults(key: string, value: string): MarkFault[] {
  const fix = 'write e.g. "node-role.kubernetes.io/worker": ""';
  const kept = kubeletLabels.has(key) ? ["is kept by the kubelet at the node's real value; remove it"] : [];
  const faults = [...keyErrors(key).map((error) => `${error}; ${fix}`), ...kept];
  return [
    ...faults.map((fault) => ({ fault, ofKey: true })),
    ...(isLabelValue(value) ? [] : [{ fault: `${valueRule}; ${fix}`, ofKey: false }]),
  ];
}

/** Rules the labels break, one line each as "key: rule; fix". */
export function nodeLabelErrors(labels: Record<string, string>): string[] {
  return Object.entries(labels).flatMap(([key, value]) =>
    labelFaults(key, value).map(
      ({ fault, ofKey }) => `${key}: ${ofKey ? "" : `has the value ${JSON.stringify(value)}: `}${fault}`,
    ),
  );
}

/** Rules that a taint as an object breaks. */
export function taintObjectFaults({ key, value, effect }: Partial<Record<keyof Taint, unknown>>): Fault[] {
  const fix = 'write e.g. { key: "dedicated", value: "build", effect: "NoSchedule" }';
  const faults = typeof key === "string" ? keyErrors(key) : ["must have a key that is text"];
  if (value !== undefined && (typeof value !== "string" || !isLabelValue(value))) {
    faults.push(`must have a value that is text: ${valueRule}`);
  }
  if (!taintEffects.some((item) => item === effect)) faults.push(`must have an effect of ${taintEffects.join(", ")}`);
  return faults.map((fault) => `${fault}; ${fix}`);
}

/** "key=value:Effect" or "key:Effect". Throws an Error whose message is the broken rule. @example parseTaint("dedicated=gpu:NoSchedule") */
export function parseTaint(text: string): Taint {
  const errors = taintErrors(text);
  if (errors.length > 0) {
    throw new Error(`${text}: ${errors.join("; ")}`);
  }
  const { key, value, effect } = splitTaint(text);
  const known = taintEffects.find((item) => item === effect) ?? "NoSchedule";
  return value === undefined || value === "" ? { key, effect: known } : { key, value, effect: known };
}

/** Rules that a taint in the form of {@link parseTaint} breaks. */
export function taintErrors(text: string): string[] {
  const { key, value, effect } = splitTaint(text);
  const errors = keyErrors(key);
  if (value !== undefined && !isLabelValue(value)) {
    errors.push(`has the value ${JSON.stringify(value)}: ${valueRule}`);
  }
  if (!taintEffects.some((item) => item === effect)) {
    errors.push(`must end in ":" and one of ${taintEffects.join(", ")}, e.g. dedicated=gpu:NoSchedule`);
  }
  return errors;
}

/** Rules that a Node's name breaks: a DNS subdomain in lower case. */
export function nodeNameErrors(name: string): string[] {
  return isSubdomain(name)
    ? []
    : ["must be a DNS name in lower case: letters, digits, '-' and '.', at most 253 characters, e.g. worker-1"];
}

const valueRule =
  "must be empty or at most 63 letters, digits, '-', '_', '.', starting and ending with a letter or digit";

function isLabelValue(value: string): boolean {
  return value === "" || (value.length <= 63 && namePattern.test(value));
}

function isSubdomain(text: string): boolean {
  return text.length <= 253 && subdomainPattern.test(text);
}

function keyErrors(key: string): string[] {
  const slash = key.indexOf("/");
  const prefix = slash < 0 ? undefined : key.slice(0, slash);
  const name = key.slice(slash + 1);
  const errors: string[] = [];
  if (prefix !== undefined && !isSubdomain(prefix)) {
    errors.push("must have a DNS name in lower case before the '/', e.g. example.com/pool");
  }
  if (name.length > 63 || !namePattern.test(name)) {
    errors.push(
      "must have a name of 1 to 63 letters, digits, '-', '_', '.', starting and ending with a letter or digit",
    );
  }
  return errors;
}

function splitTaint(text: string): { key: string; value?: string; effect: string } {
  const colon = text.lastIndexOf(":");
  const head = colon < 0 ? text : text.slice(0, colon);
  const effect = colon < 0 ? "" : text.slice(colon + 1);
  const equals = head.indexOf("=");
  return equals < 0 ? { key: head, effect } : { key: head.slice(0, equals), value: head.slice(equals + 1), effect };
}
