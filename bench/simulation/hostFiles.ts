import * as path from "node:path";

/** A file on a simulated host. */
interface HostFile {
  /** As `stat -c '%a|%U:%G'` prints it. */
  mode: string;
  sha256: string;
  /** Of a file that came by a script, base64; binaries are only known by their digest. */
  content?: string;
}

/** Directories that every host has. */
const systemDirectories = [
  "/",
  "/etc",
  "/etc/systemd",
  "/etc/systemd/system",
  "/etc/containerd",
  "/etc/modules-load.d",
].concat(["/etc/sysctl.d", "/opt", "/var", "/var/lib", "/usr", "/usr/local", "/usr/local/bin"]);

/** The lines of a value that is a list. */
export const linesOf = (value = ""): string[] => value.split("\n").filter((line) => line !== "");

/** Files of ours on a simulated host, and whose of our resources each is, as the lists on a real host say it. */
export class HostFiles {
  private readonly files = new Map<string, HostFile>();
  private readonly directories = new Map<string, string>();
  private readonly owners = new Map<string, string>();

  /** Whether nothing of ours is left. */
  get isEmpty(): boolean {
    return this.files.size === 0 && this.directories.size === 0;
  }

  has(file: string): boolean {
    return this.files.has(file);
  }

  /** A table of PATH MODE OWNER RESTART SHA256 BASE64. */
  writeTable(owner: string, table = ""): void {
    for (const line of linesOf(table)) {
      const [file = "", mode = "", user = "", , sha256 = "", content = ""] = line.split(" ");
      this.put(owner, file, { mode: `${mode}|${user}`, sha256, content: content === "-" ? "" : content });
    }
  }

  putBinary(owner: string, file: string, sha256: string): void {
    this.put(owner, file, { mode: "755|root:root", sha256 });
  }

  makeDirectory(owner: string, directory: string): void {
    if (systemDirectories.includes(directory) || this.directories.has(directory)) return;
    this.makeDirectory(owner, path.dirname(directory));
    this.directories.set(directory, owner);
  }

  private put(owner: string, file: string, content: HostFile): void {
    this.makeDirectory(owner, path.dirname(file));
    this.files.set(file, content);
    this.owners.set(file, owner);
  }

  remove(files: readonly string[]): void {
    for (const file of files) {
      this.files.delete(file);
      this.owners.delete(file);
    }
  }

  /** Everything of one resource, or of all. Directories that hold something of another one stay, and are its. */
  removeOwned(owner?: string): void {
    const isHis = (other: string): boolean => owner === undefined || other === owner;
    this.remove([...this.owners].flatMap(([file, other]) => (isHis(other) ? [file] : [])));
    for (const [directory, other] of [...this.directories].toSorted(([a], [b]) => (a < b ? 1 : -1))) {
      if (!isHis(other)) continue;
      const heir = [...this.owners].find(([file]) => file.startsWith(`${directory}/`))?.[1];
      if (heir === undefined) this.directories.delete(directory);
      else this.directories.set(directory, heir);
    }
  }

  /** A table of PATH FORM. */
  report(table = ""): string {
    const told = linesOf(table).map((line) => {
      const [file = "", form = ""] = line.split(" ");
      const found = this.files.get(file);
      if (found === undefined) return "";
      return `file|${file}|${found.mode}|${form}|${form === "text" ? (found.content ?? "") : found.sha256}\n`;
    });
    return told.join("");
  }

  reportDigests(files: readonly string[]): string {
    const told = files.map((file) => {
      const found = this.files.get(file);
      return found === undefined ? "" : `digest|${file}|${found.sha256}|${found.mode}\n`;
    });
    return told.join("");
  }

  reportDirectories(owner: string): string {
    const his = [...this.directories].flatMap(([directory, other]) => (other === owner ? [`made|${directory}\n`] : []));
    return his.toSorted().join("");
  }
}
