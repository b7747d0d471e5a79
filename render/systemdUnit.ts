import { withHeader } from "./fileHeader";

/** A directive's value; a list repeats the directive, `undefined` leaves it out. */
export type SystemdValue = string | number | boolean | readonly string[] | undefined;

/** Sections and directives in the order they are to appear. @see https://www.freedesktop.org/software/systemd/man/systemd.unit.html */
export type SystemdSections = Readonly<Record<string, Readonly<Record<string, SystemdValue>>>>;

/**
 * A unit file. @example renderSystemdUnit({ Unit: { Description: "x" }, Service: { ExecStart: "/bin/x", Restart: "always" } })
 */
export function renderSystemdUnit(sections: SystemdSections): string {
  const blocks = Object.entries(sections).map(([section, directives]) => {
    const lines = Object.entries(directives).flatMap(([name, value]) => directiveLines(name, value));
    return [`[${section}]`, ...lines].join("\n");
  });
  return withHeader(blocks.join("\n\n") + "\n");
}

/**
 * A command line for ExecStart= and its kin, one argument a line so that a diff shows the argument that changed. Specifiers
 * (%) and variables ($) of systemd are taken literally.
 */
export function systemdCommand(program: string, args: readonly string[]): string {
  return [program, ...args].map(systemdWord).join(" \\\n  ");
}

function systemdWord(word: string): string {
  const literal = word.replaceAll("%", "%%").replaceAll("$", () => "$$");
  return /^[^\s"'\\;]+$/.test(literal)
    ? literal
    : `"${literal.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}

function directiveLines(name: string, value: SystemdValue): string[] {
  if (value === undefined) {
    return [];
  }
  const values = Array.isArray(value) ? value : [value];
  return values.map((item) => `${name}=${String(item)}`);
}
