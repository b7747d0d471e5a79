import type { Fault } from "../base/fault";
import type { Finding } from "../base/rules/finding";
import { cidrFault, isIPAddress } from "../base/rules/addressRules";
import type { JsonObject, JsonValue } from "./types";

/** What is wrong with a value of the right type; `key` is the name under which it stands. */
export type ContentRule = (value: JsonValue, key: string) => Fault | undefined;

/** Rules by path; below a map "*" stands for the key, in a list "[]" for the position. @example { "evictionHard.*": threshold } */
export type ContentRules = Readonly<Record<string, ContentRule>>;

/** The value where it is text, else none. */
export function textOf(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}

/** What is wrong between the fields of one document. */
export type RelationRule = (overrides: JsonObject) => Finding[];

/** A number of the given range. `zero` is what a 0, which is not taken, would mean. */
export function between(least: number, most = Number.MAX_SAFE_INTEGER, zero?: string): ContentRule {
  const range = most === Number.MAX_SAFE_INTEGER ? `${least} or more` : `from ${least} to ${most}`;
  return (value) => {
    if (typeof value !== "number" || (value >= least && value <= most)) return undefined;
    return value === 0 && zero !== undefined
      ? `must be ${range}, 0 would give upstream's default of ${zero}; write the number, or leave it out`
      : `must be ${range}; write a number of that range`;
  };
}

/** One of upstream's words. */
export function oneOf(...words: string[]): ContentRule {
  return (value) =>
    typeof value !== "string" || words.includes(value)
      ? undefined
      : `must be one of ${words.map((word) => `"${word}"`).join(", ")}; write one of them`;
}

/** A text of a form. */
export function form(pattern: RegExp, rule: string, fix: string): ContentRule {
  return (value) => (typeof value !== "string" || pattern.test(value) ? undefined : `${rule}; ${fix}`);
}

/** Judges the key instead of the value. */
export function keyed(rule: ContentRule): ContentRule {
  return (_value, key) => rule(key, key);
}

/** The first fault that one of the rules finds. */
export function all(...rules: ContentRule[]): ContentRule {
  return (value, key) => rules.map((rule) => rule(value, key)).find((fault) => fault !== undefined);
}

const unitMilliseconds: Readonly<Record<string, number>> = {
  ...{ ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 },
};

/** Milliseconds of a Go duration; undefined where it is none. @example milliseconds("1m30s") // 90000 */
export function milliseconds(value: JsonValue | undefined): number | undefined {
  if (typeof value !== "string" || !/^[+-]?(?:0|(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+)$/.test(value))
    return undefined;
  const parts = [...value.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)];
  const sum = parts.reduce(
    (total, [, number = "0", unit = ""]) => total + Number(number) * (unitMilliseconds[unit] ?? 0),
    0,
  );
  return value.startsWith("-") ? -sum : sum;
}

/** A duration in the given range, in milliseconds. `zero` is what a 0, which is not taken, would mean. */
export function lasting(least: number, most = Number.MAX_SAFE_INTEGER, zero?: string): ContentRule {
  const range =
    most === Number.MAX_SAFE_INTEGER ? `${spell(least)} or longer` : `from ${spell(least)} to ${spell(most)}`;
  return (value) => {
    const length = milliseconds(value);
    if (length === undefined || (length >= least && length <= most)) return undefined;
    return length === 0 && zero !== undefined
      ? `must be longer than 0, which would give upstream's default of ${zero}; write the duration, or leave it out`
      : `must be ${range}; write e.g. "${spell(Math.min(most, Math.max(least, 30_000)))}"`;
  };
}

function spell(length: number): string {
  return length === 0 ? "0s" : length % 1000 === 0 ? `${length / 1000}s` : `${length}ms`;
}

/** A duration that is 0 for "off", or at least `least` milliseconds. */
export function offOrLasting(least: number): ContentRule {
  return (value) => (milliseconds(value) === 0 ? undefined : lasting(least)(value, ""));
}

const quantityPattern = /^\+?\d+(?:\.\d+)?(?:[numkMGTPE]|[KMGTPE]i|[eE][+-]?\d+)?$/;

/** A Kubernetes quantity that is not negative. */
export const quantity: ContentRule = form(
  quantityPattern,
  "must be a quantity that is not negative",
  'write e.g. "100Mi" or "500m"',
);

/** A share of 0 to 100 %. */
export const percentage: ContentRule = (value) => {
  const share = /^(\d+(?:\.\d+)?)%$/.exec(textOf(value))?.[1];
  return share !== undefined && Number(share) <= 100
    ? undefined
    : 'must be a percentage from 0% to 100%; write e.g. "10%"';
};

/** A quantity or a share. */
export const quantityOrPercentage: ContentRule = (value, key) =>
  textOf(value).includes("%") ? percentage(value, key) : quantity(value, key);

/** An IP address. */
export const ipAddress: ContentRule = (value) =>
  typeof value !== "string" || isIPAddress(value) ? undefined : 'must be an IP address; write e.g. "127.0.0.1"';

/** An IP address, or nothing. */
export const ipAddressOrNone: ContentRule = (value, key) => (value === "" ? undefined : ipAddress(value, key));

/** A CIDR. */
export const cidr: ContentRule = (value) =>
  typeof value === "string" && cidrFault(value) !== undefined ? 'must be a CIDR; write e.g. "10.0.0.0/8"' : undefined;

/** "address:port", as Go's net.SplitHostPort takes it apart. */
export const addressAndPort: ContentRule = (value) => {
  if (typeof value !== "string") return undefined;
  const [, bracketed, bare, port = ""] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(value) ?? [];
  const right = isIPAddress(bracketed ?? bare ?? "") && Number(port) >= 1 && Number(port) <= 65535;
  return right ? undefined : 'must be an IP address and a port; write e.g. "127.0.0.1:10249" or "[::1]:10249"';
};

/** The name of a feature gate. */
export const featureGate: ContentRule = keyed(
  form(/^[A-Za-z0-9]+$/, "is not the form of a feature gate's name", "write letters and digits, e.g. KubeletTracing"),
);

/** An absolute path. */
export const absolutePath: ContentRule = form(/^\//, "must be an absolute path", 'write it from "/" on');

/** A list of CPUs, as of cpuset(7). */
export const cpuList: ContentRule = form(
  /^(?:\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*)?$/,
  "must be a list of CPUs",
  'write e.g. "0-1,8"',
);

/** Fields of a LoggingConfiguration, below `path`. */
export function loggingRules(path: string): ContentRules {
  return { [`${path}.format`]: oneOf("text", "json"), [`${path}.verbosity`]: between(0) };
}

/** A finding about one field of the document. */
export function about(field: string, fault: Fault): Finding[] {
  return [{ path: field.split("."), fault }];
}
