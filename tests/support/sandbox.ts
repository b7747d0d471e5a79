import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";

/** Tools of every Linux host that the scripts use as they are. */
const realTools =
  "awk base64 basename cat chmod cmp cut date dirname find flock grep head id ls mkdir mv od printf readlink rm rmdir sed sha256sum sleep sort stat sync tail test timeout tr uniq wc xargs sh";

/** Where scripts look on a host; moved below the sandbox. */
const hostPath = /(?<![\w$}.])\/(?=(?:boot|etc|lib|opt|proc|run|sys|usr\/(?:local\/)?lib(?:exec)?|var)(?:\/|\b))/g;

export interface ScriptResult {
  status: number | null;
  stdout: string;
  stderr: string;
  /** Calls of fake commands, "name arg arg". */
  calls: string[];
}

/**
 * A directory that plays the host for a script: its files are the only ones seen below /etc, /proc and so on, and besides
 * the basic tools only fake commands are there.
 */
export class Sandbox {
  private readonly root = realpathSync(mkdtempSync(join(tmpdir(), "sandbox")));

  /** @param tools more of this machine's tools that the scripts use as they are, separated by blanks. */
  constructor(tools = "") {
    for (const tool of new Set(`${realTools} ${tools}`.trim().split(" "))) {
      const path = ["/usr/bin", "/bin"].map((directory) => join(directory, tool)).find((item) => existsSync(item));
      if (path !== undefined) {
        this.place(`/bin/${tool}`);
        symlinkSync(path, this.inside(`/bin/${tool}`));
      }
    }
    this.directory("/run");
    // What the running kernel says must not decide a test.
    this.file("/proc/uptime", "100.00 100.00\n");
  }

  /** Writes a file of the host; paths in it are moved too. */
  file(path: string, content: string, mode = 0o644): this {
    this.place(path);
    writeFileSync(this.inside(path), this.move(content), { mode });
    return this;
  }

  delete(path: string): this {
    rmSync(this.inside(path), { recursive: true });
    return this;
  }

  directory(path: string): this {
    mkdirSync(this.inside(path), { recursive: true });
    return this;
  }

  /** A symbolic link of the host. */
  link(path: string, target: string): this {
    this.place(path);
    symlinkSync(this.move(target), this.inside(path));
    return this;
  }

  /** A second name of a file, as two paths of one kernel object are. */
  sameFile(path: string, existing: string): this {
    this.place(path);
    linkSync(this.inside(existing), this.inside(path));
    return this;
  }

  /**
   * A clock that only `sleep` moves, by a step of seconds from 100 on, and what happens on the host at some of these.
   *
   * @example clock({ 102: "echo MainPID=11 >/run/properties" })
   */
  clock(events: Record<number, string> = {}, step = 1): this {
    const cases = Object.entries(events).map(([second, body]) => `${second}) ${body} ;;`);
    return this.command(
      "sleep",
      `read -r up _ </proc/uptime; up=$((\${up%.*} + ${step})); echo "$up.00 0.00" >/proc/uptime\ncase $up in ${cases.join("\n")} *) ;; esac`,
    );
  }

  /** systemctl of a host with units in one state; /run/state and /run/properties are read at each call. */
  units(state: string, properties = "MainPID=10\nNRestarts=0\n"): this {
    this.file("/run/state", `${state}\n`).file("/run/properties", properties);
    return this.command(
      "systemctl",
      "case $1 in is-active) cat /run/state; grep -qx active /run/state ;; is-enabled) echo enabled ;; show) cat /run/properties; printf 'ActiveState=%s\\n' \"$(cat /run/state)\" ;; esac",
    );
  }

  /** A command made of shell lines; each call is noted. */
  command(name: string, body = ""): this {
    const path = this.inside(`/bin/${name}`);
    rmSync(path, { force: true });
    writeFileSync(path, `#!/bin/sh\necho "${name} $*" >>"${this.root}/calls"\n${this.move(body)}\n`);
    chmodSync(path, 0o755);
    return this;
  }

  /** Has a tool of this machine run some lines first. */
  before(tool: string, body: string): this {
    const real = ["/usr/bin", "/bin"].map((directory) => join(directory, tool)).find((item) => existsSync(item)) ?? "";
    const path = this.inside(`/bin/${tool}`);
    rmSync(path, { force: true });
    writeFileSync(path, `#!/bin/sh\n${this.move(body)}\nexec ${real} "$@"\n`, { mode: 0o755 });
    return this;
  }

  /** Takes a command away. */
  without(name: string): this {
    rmSync(this.inside(`/bin/${name}`), { force: true });
    return this;
  }

  /** Makes a path a Unix socket, as a daemon does. */
  async socket(path: string): Promise<() => void> {
    this.place(path);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(this.inside(path), resolve));
    return () => void server.close();
  }

  read(path: string): string {
    return readFileSync(this.inside(path), "utf8").replaceAll(this.root, "");
  }

  has(path: string): boolean {
    return existsSync(this.inside(path));
  }

  mode(path: string): number {
    return statSync(this.inside(path)).mode & 0o777;
  }

  list(path: string): string[] {
    return readdirSync(this.inside(path)).sort();
  }

  /** A script as it has to be to see this directory as the host. */
  moved(script: string): string {
    const pathLine = /^PATH="\$PATH:.*"$/m;
    if (!pathLine.test(script)) {
      throw new Error("the script does not start with the common prelude");
    }
    return this.move(script.replace(pathLine, `PATH=${this.root}/bin`));
  }

  run(script: string, shell: string): ScriptResult {
    rmSync(join(this.root, "calls"), { force: true });
    const moved = this.moved(script);
    const found = spawnSync(shell, ["-s"], { input: moved, encoding: "utf8", env: {}, timeout: 30_000 });
    const calls = existsSync(join(this.root, "calls")) ? readFileSync(join(this.root, "calls"), "utf8") : "";
    const plain = (text: string) => text.replaceAll(this.root, "");
    return {
      status: found.status,
      stdout: plain(found.stdout),
      stderr: plain(found.stderr),
      calls: plain(calls)
        .trim()
        .split("\n")
        .filter((line) => line !== ""),
    };
  }

  /**
   * Runs a script in a process group of its own, with lines that some of its tools run first; those may end the whole group.
   *
   * @returns whether a signal ended it.
   */
  runKilled(script: string, shell: string, tools: string[], body: string): boolean {
    const kept = tools.map((tool) => [tool, join(this.root, "bin", tool), join(this.root, "bin", `.${tool}`)] as const);
    for (const [, path, real] of kept) {
      renameSync(path, real);
      writeFileSync(path, `#!/bin/sh\n${this.move(body)}\nexec ${real} "$@"\n`, { mode: 0o755 });
    }
    const moved = this.moved(script);
    const { status } = spawnSync("setsid", ["-w", shell, "-s"], { input: moved, env: { PATH: process.env["PATH"] } });
    for (const [, path, real] of kept) renameSync(real, path);
    return status === null || status > 128;
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  /** The path on this machine of a path of the host. */
  inside(path: string): string {
    return join(this.root, path);
  }

  private place(path: string): void {
    mkdirSync(dirname(this.inside(path)), { recursive: true });
  }

  private move(text: string): string {
    return text.replace(hostPath, `${this.root}/`);
  }
}

/** The shells that are /bin/sh somewhere and are here: dash on Debian and Ubuntu, bash on Fedora, RHEL and SUSE. */
export const shells = ["/bin/dash", "/usr/bin/bash"]
  .filter((path) => existsSync(path))
  .map((path) => [basename(path), path]);

if (shells.length === 0) {
  throw new Error("neither /bin/dash nor /usr/bin/bash is here; install one to run the script tests");
}
