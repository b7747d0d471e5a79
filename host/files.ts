import { createHash } from "node:crypto";

/** One file on a host. */
export interface FileSpec {
  /** The whole content, UTF-8. */
  content: string;
  /** Permission bits, octal. @default "0644" */
  mode?: string;
  /** Owner and group. @default "root:root" */
  owner?: string;
  /** Whether the service that owns the file restarts when its content changes. @default true */
  restart?: boolean;
}

/** Path -> file. The paths are absolute. */
export type FileMap = Record<string, FileSpec>;

/** Characters a managed path may have: scripts hold lists of paths separated by white space. */
const safePath = /^\/[A-Za-z0-9._/@:+-]+$/;

/** @throws Error naming the path that no script can handle safely. */
export function assertSafePath(path: string): string {
  if (safePath.test(path) && !path.includes("/../")) return path;
  throw new Error(`path ${JSON.stringify(path)}: must be absolute and of letters, digits and . _ / @ : + -`);
}

/** Hex SHA-256 of a text, as `sha256sum` prints it. */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** The permission bits as `stat -c %a` prints them. @example statMode("0644") // "644" */
export function statMode(mode: string): string {
  return Number.parseInt(mode, 8).toString(8);
}

/** The table of files for a script that writes them: PATH MODE OWNER RESTART SHA256 BASE64, as words; an empty file is "-". */
export function fileTable(files: FileMap): string[] {
  return Object.entries(files).map(([path, file]) =>
    [
      assertSafePath(path),
      statMode(file.mode ?? "0644"),
      file.owner ?? "root:root",
      file.restart === false ? "no" : "yes",
      sha256(file.content),
      Buffer.from(file.content).toString("base64") || "-",
    ].join(" "),
  );
}

/** The table of files for a script that looks at them: PATH SHA256. */
export function fileDigests(files: FileMap): string[] {
  return Object.entries(files).map(([path, file]) => `${assertSafePath(path)} ${sha256(file.content)}`);
}

/** Files as they are on the host, for those of `recorded`; one that is missing is left out. */
export function parseFiles(report: string, recorded: FileMap): FileMap {
  const seen: FileMap = {};
  for (const line of report.split("\n")) {
    const [kind, path = "", mode = "", owner = "", state = "", content = ""] = line.split("|");
    const file = recorded[path];
    if (kind !== "file" || !file) continue;
    seen[path] = {
      ...file,
      content: state === "same" ? file.content : Buffer.from(content, "base64").toString(),
      ...(mode === statMode(file.mode ?? "0644") ? {} : { mode: mode.padStart(4, "0") }),
      ...(owner === (file.owner ?? "root:root") ? {} : { owner }),
    };
  }
  return seen;
}
