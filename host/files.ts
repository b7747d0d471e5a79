import { asDigest, digestOf, seal, unseal } from "../base/sealed";
import { sha256 } from "../base/sha256";

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
  /** Whether the service only reloads when its content changes, by ExecReload of its unit. @default false */
  reload?: boolean;
  /** Whether state and diffs have its digest in place of its content: for what nobody reads line by line. @default false */
  sealed?: boolean;
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

/** The permission bits as `stat -c %a` prints them. @example statMode("0644") // "644" */
export function statMode(mode: string): string {
  return Number.parseInt(mode, 8).toString(8);
}

/** The table of files for a script that writes them: PATH MODE OWNER CHANGE SHA256 BASE64, as words; an empty file is "-". */
export function fileTable(files: FileMap): string[] {
  return Object.entries(files).map(([path, file]) =>
    [
      assertSafePath(path),
      statMode(file.mode ?? "0644"),
      file.owner ?? "root:root",
      file.reload === true ? "reload" : file.restart === false ? "nothing" : "restart",
      sha256(file.content),
      Buffer.from(file.content).toString("base64") || "-",
    ].join(" "),
  );
}

/** Files with a change each; files that are not known yet, or not given, stay as they are. */
function mapFiles<Files extends FileMap | undefined>(files: Files, change: (file: FileSpec) => FileSpec): Files {
  if (typeof files !== "object") return files;
  // One file may be what is not known yet.
  const changed = Object.entries(files).map(([path, file]) => [path, typeof file === "object" ? change(file) : file]);
  return Object.fromEntries(changed) as Files;
}

/** Files that are all to be sealed. */
export function toBeSealed(files: FileMap | undefined): FileMap | undefined {
  return mapFiles(files, (file) => ({ ...file, sealed: true }));
}

/** Files for a resource's inputs: those that are to be sealed are so. */
export function sealFiles<Files extends FileMap | undefined>(files: Files): Files {
  return mapFiles(files, (file) => (file.sealed === true ? { ...file, content: seal(file.content) } : file));
}

/** The files of {@link sealFiles}. */
export function unsealFiles<Files extends FileMap | undefined>(files: Files): Files {
  return mapFiles(files, (file) => ({ ...file, content: unseal(file.content) }));
}

/** Files by the digest of their content, for a state. */
export function digestContents<Files extends FileMap | undefined>(files: Files): Files {
  return mapFiles(files, (file) => ({ ...file, content: digestOf(file.content) }));
}

/** The table of files for a script that looks at them: PATH, and the form in which it is told. */
export function lookTable(files: FileMap): string[] {
  return Object.entries(files).map(
    ([path, file]) => `${assertSafePath(path)} ${file.sealed === true ? "digest" : "text"}`,
  );
}

/**
 * Files as they are on the host, for those of `recorded`; one that is missing is left out. A sealed one comes by its digest, in the
 * form of digestOf.
 */
export function parseFiles(report: string, recorded: FileMap): FileMap {
  const seen: FileMap = {};
  for (const line of report.split("\n")) {
    const [kind, path = "", mode = "", owner = "", form = "", content = ""] = line.split("|");
    const file = recorded[path];
    if (kind !== "file" || !file) continue;
    seen[path] = {
      ...file,
      content: form === "digest" ? asDigest(content) : Buffer.from(content, "base64").toString(),
      ...(mode === statMode(file.mode ?? "0644") ? {} : { mode: mode.padStart(4, "0") }),
      ...(owner === (file.owner ?? "root:root") ? {} : { owner }),
    };
  }
  return seen;
}
