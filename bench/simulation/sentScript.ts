import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { projectDirectory } from "../../lab/machine/directories";

/** A script as it came to a host. */
export interface SentScript {
  /** Its file in host/scripts/, without the ending. */
  file: string;
  /** What it is told. */
  values: Record<string, string>;
}

/** What came to a host in one go: one script, or several looks with the mark that stands behind the answer of each. */
export interface Sent {
  scripts: SentScript[];
  mark?: string;
}

const endOfLook = /\n\) 2>&1\nprintf '\\n%s %s\\n' ([0-9a-f]+) "\$\?"\n/;

/** Reads what the providers send. @throws Error where something of it is no script of host/scripts/. */
export function readSent(text: string): Sent {
  const [first = "", mark, ...rest] = text.split(endOfLook);
  if (mark === undefined) return { scripts: [readScript(text.replace(/^\(\n/, "").replace(/\n\) 2>&1$/, ""))] };
  const looks = [first, ...rest.filter((part) => part !== mark && part !== "")];
  return { scripts: looks.map((look) => readScript(look.replace(/^\(\n/, ""))), mark };
}

function readScript(text: string): SentScript {
  const file = endings().find(({ ending }) => text.endsWith(ending))?.file;
  if (file === undefined) throw new Error(`no script of host/scripts/ ends in ${JSON.stringify(text.slice(-200))}`);
  return { file, values: readAssignments(text) };
}

let known: { file: string; ending: string }[] | undefined;

/** What of each script is behind the last file that it reads: that is put in its place before it is sent. */
function endings(): { file: string; ending: string }[] {
  if (known !== undefined) return known;
  const folder = path.join(projectDirectory(), "host", "scripts");
  known = readdirSync(folder).map((name) => {
    const [ending = ""] = readFileSync(path.join(folder, name), "utf8")
      .split(/^\. \S+\n/m)
      .slice(-1);
    return { file: path.basename(name, ".sh"), ending };
  });
  return known;
}

/** The assignments that a script begins with; see base/script.ts for their form. */
export function readAssignments(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  const assignment = /([a-z][a-z0-9_]*)=((?:'[^']*'|\\'|[^'\\\s])*)\n/y;
  for (let found = assignment.exec(text); found !== null; found = assignment.exec(text)) {
    const [, name = "", word = ""] = found;
    values[name] = word.replace(/'([^']*)'|\\(')/g, (_all, quoted?: string, single?: string) => quoted ?? single ?? "");
  }
  return values;
}
