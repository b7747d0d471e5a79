import { assignments } from "../base/script";
import type { Script, ScriptValues } from "../base/script";
import { bundledText, scriptFunction } from "./scriptText";
import type { ClaimReference } from "./claim";

/** A script of host/scripts/ for one resource of a host. */
export interface RemoteScript extends Script {
  /** Names the list of paths that the resource owns; unique on the host. */
  name: string;
  /** The claim that has to hold the host, else the script does nothing. @default any */
  claim?: ClaimReference;
  /** Functions the script calls. One of several scripts runs them all, and fails where any did. @default does nothing */
  functions?: Record<string, Script | readonly Script[] | undefined>;
}

/** Exit status of a script that failed and left the host as it was before. */
export const leftAsBefore = 10;

/** Exit status of a script that did nothing, because another claim holds the host. */
export const heldByAnother = 20;

/** Exit status of a script that removed nothing, because another resource of the same claim has what there is. */
export const heldByInstance = 22;

/** Exit status of a script that removed nothing, because the host was taken from another resource that is not gone. */
export const stillTaken = 21;

/** The script of host/scripts/ with that name. @example remoteScript({ name: "cni", file: "digests", values: { paths } }) */
export function remoteScript({ name, claim, file, values, functions = {} }: RemoteScript): string {
  const header: ScriptValues = {
    ...{ name, claim: claim?.id ?? "", machine_id: claim?.machineId ?? "", instance: "" },
    ...values,
  };
  const called = Object.entries(functions).map(([called, scripts]) => functionText(called, scripts));
  return `${assignments(header)}${called.join("")}${bundledText(`host/scripts/${file}.sh`)}`;
}

function functionText(name: string, scripts: Script | readonly Script[] | undefined): string {
  if (scripts === undefined || !("map" in scripts)) return scriptFunction(name, scripts);
  const parts = scripts.map((script, index) => scriptFunction(`${name}_${index}`, script));
  const calls = scripts.map((_, index) => `${name}_${index} || ${name}_failed=1; `);
  return `${parts.join("")}${name}() { ${name}_failed=0; ${calls.join("")}return "$${name}_failed"; }\n`;
}
