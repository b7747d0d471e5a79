import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ScriptValue } from "../../base/script";
import type { HostBinariesInputs } from "../../host/hostBinaries";
import { remoteScript } from "../../host/remoteScript";
import { Sandbox } from "./sandbox";
import { SshHost } from "./sshHost";

/** Tools that the scripts of binaries use besides the basic ones; what unpacks is for a test to say. */
const tools = "base64 chown cp ln sync tar touch kill env";

/** The place of the list of what is ours. */
export const state = "/var/lib/kubernetes-worker-nodes";

export const sha256 = (content: string | Buffer): string => createHash("sha256").update(content).digest("hex");

/** The path of a version of the one program. */
export const programAt = (version: string): string => `/opt/app/bin/${version}/app`;

/** Of a set without members of an archive, on a host where nothing was before. */
const nothing = {
  directory: "",
  members: [],
  archive: "",
  fingerprint: "",
  known: [],
  made: [],
  former: "",
  later: false,
};
/** The script that installs a version of the one program, which is staged; none for "". */
export function installScript(version: string, more: Partial<Record<keyof typeof nothing, ScriptValue>> = {}): string {
  const programs = version === "" ? [] : [`${programAt(version)} ${sha256(version)}`];
  return remoteScript({ name: "binaries", file: "binariesApply", values: { ...nothing, programs, ...more } });
}

/** A host that is reached over real SSH, whose files are a directory of this machine. */
export class BinariesHost {
  readonly sandbox: Sandbox;
  readonly ssh: SshHost;

  /** @param unpackers programs that it has of zstd and gzip. */
  constructor(unpackers = "gzip zstd") {
    this.sandbox = new Sandbox(`${tools} ${unpackers}`)
      .directory("/var/lib")
      .directory("/opt")
      .directory("/etc/systemd/system");
    this.ssh = new SshHost((script) => this.sandbox.moved(script));
  }

  async start(): Promise<this> {
    await this.ssh.start();
    return this;
  }

  async stop(): Promise<void> {
    await this.ssh.stop();
    this.sandbox.remove();
  }

  /** Inputs of binaries with one program. */
  inputs(version: string, source: string, digest: string): HostBinariesInputs {
    return {
      connection: { ...this.ssh.connection(), dialErrorLimit: 3 },
      claim: { id: "", machineId: "" },
      setName: "binaries",
      programs: { [programAt(version)]: { source, sha256: digest } },
      members: [],
      faults: [],
    };
  }

  /** Has a unit start a version. */
  startedBy(version: string): void {
    this.sandbox.file("/etc/systemd/system/app.service", `[Service]\nExecStart=${programAt(version)} \\\n  --flag\n`);
  }
}

/** A file of this machine to install, of text that can be made smaller. */
export function sourceFile(folder: string, name: string, megabytes: number): { file: string; digest: string } {
  const line = `${name} ${"0123456789abcdef".repeat(3)}\n`;
  const content = Buffer.alloc(megabytes * 1_000_000, line);
  for (let at = 0; at < content.length - 8; at += 100) content.writeUInt32LE((at * 2654435761) >>> 0, at);
  const file = join(folder, name);
  writeFileSync(file, content);
  return { file, digest: sha256(content) };
}
