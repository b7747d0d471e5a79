import { shellQuote } from "./shellQuote";

/** What a script is told: text, a number, a choice ("yes" or nothing in the shell), or a list (one item a line). */
export type ScriptValue = string | number | boolean | readonly string[];

/** Variable of the shell -> value. */
export type ScriptValues = Readonly<Record<string, ScriptValue>>;

/**
 * A shell script by its name and what it is told; its text is a constant file of this package.
 *
 * @example { file: "render/scripts/kubeletHealth.sh", values: { healthz: "127.0.0.1:10248", timeout: 60 } }
 */
export interface Script {
  /** Path below the package's folder. */
  file: string;
  values: ScriptValues;
}

/**
 * The header of a script: one quoted assignment a line.
 *
 * @throws Error naming a variable that is no name, or a list whose item has a line break.
 * @example assignments({ unit: "kubelet.service", bridge: true })   // unit=kubelet.service\nbridge=yes\n
 */
export function assignments(values: ScriptValues): string {
  return Object.entries(values)
    .map(([name, value]) => `${variable(name)}=${shellQuote(shellText(name, value))}\n`)
    .join("");
}

function variable(name: string): string {
  if (/^[a-z][a-z0-9_]*$/.test(name)) return name;
  throw new Error(`${JSON.stringify(name)} is no name of a script's variable; write small letters, digits and "_"`);
}

function shellText(name: string, value: ScriptValue): string {
  if (typeof value === "boolean") return value ? "yes" : "";
  if (typeof value !== "object") return String(value);
  const broken = value.find((item) => item.includes("\n"));
  if (broken === undefined) return value.join("\n");
  throw new Error(`${name}: ${JSON.stringify(broken)} has a line break, which a list's item cannot have`);
}
