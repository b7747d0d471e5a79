import { createHash } from "node:crypto";
import * as path from "node:path";
import { sha256 } from "../../base/sha256";
import { HostFiles, linesOf } from "./hostFiles";
import { readSent, type SentScript } from "./sentScript";

/** How a command on a host ended, and what it printed. */
export interface Answer {
  output: string;
  code: number;
}

/** Exit status of a script that did nothing, because another claim holds the host. */
const heldByAnother = 20;

type Reply = (values: Record<string, string>) => string;

/**
 * A host that can become a node at once: it has what a node needs, the artifacts have been brought, and each change succeeds. It runs
 * nothing: it knows each script by its file, keeps what the script would have changed, and prints what it would have printed. It
 * knows whose it is and refuses others, so that the providers go the ways that they go with real hosts.
 */
export class SimulatedHost {
  readonly machineId: string;
  private readonly files = new HostFiles();
  private readonly sysctls = new Map<string, string>();
  private readonly running = new Set<string>();
  /** Owner record. */
  private owner = "";
  private archive = "";

  /** @param kubeletStarts is told when the kubelet starts. */
  constructor(
    readonly name: string,
    private readonly kubeletStarts: (host: SimulatedHost) => void,
  ) {
    this.machineId = createHash("md5").update(name).digest("hex");
  }

  /** Whether nothing of ours is left on it. */
  get isBare(): boolean {
    return this.owner === "" && this.running.size === 0 && this.files.isEmpty;
  }

  /** Runs a command with that on its standard input. */
  run(command: string, input: string): Answer {
    if (!command.endsWith("sh -s")) return this.runProgram(command);
    const { scripts, mark } = readSent(input);
    const answers = scripts.map((script) => this.runScript(script));
    if (mark === undefined) return answers[0] ?? { output: "", code: 1 };
    return { output: answers.map(({ output, code }) => `${output}\n${mark} ${code}\n`).join(""), code: 0 };
  }

  /** A file that came by a script is the one program that is called by its path: the look at a finished node. */
  private runProgram(command: string): Answer {
    const [program = ""] = command.split(" ");
    return this.files.has(program)
      ? { output: "all checks passed (simulated)\n", code: 0 }
      : { output: `${program}: not found\n`, code: 127 };
  }

  private runScript({ file, values }: SentScript): Answer {
    const reply = this.replies[file];
    if (reply === undefined) throw new Error(`${file}.sh is not simulated`);
    const { claim = "", machine_id: machine = "" } = values;
    const holder = this.holder().split(" ").slice(0, 2).join(" ");
    if (claim !== "" && (holder !== `${claim} ${machine}` || machine !== this.machineId))
      return { output: `held by ${JSON.stringify(holder)}\n`, code: heldByAnother };
    if (file === "claimWrite" && this.holder() !== values.before) return { output: "taken\n", code: heldByAnother };
    return { output: reply(values), code: 0 };
  }

  private holder(): string {
    return this.owner.split("\n", 1)[0] ?? "";
  }

  /** Script -> what it does and prints. */
  private readonly replies: Record<string, Reply> = {
    claimLook: (values) => this.lookAtClaim(values),
    claimWrite: ({ record = "" }) => {
      this.owner = Buffer.from(record, "base64").toString();
      return "";
    },
    claimRelease: ({ units, all }) => this.release(linesOf(units), all === "yes"),
    binariesLook: (values) => this.lookAtBinaries(values),
    binariesApply: (values) => this.installBinaries(values),
    prerequisitesLook: ({ files, sysctls }) =>
      this.files.report(files) +
      linesOf(sysctls)
        .map((name) => `sysctl|${name}|${this.sysctls.get(name) ?? ""}\n`)
        .join(""),
    prerequisitesApply: (values) => this.prepare(values),
    serviceLook: (values) => this.lookAtService(values),
    serviceApply: (values) => this.changeService(values),
    serviceRestart: () => "",
    serviceRemove: ({ name = "", unit = "" }) => {
      this.running.delete(unit);
      return this.removeAll(name);
    },
    remove: ({ name = "" }) => this.removeAll(name),
    cleanUp: () => "",
  };

  private lookAtClaim({ inspect }: Record<string, string>): string {
    const owner = this.owner === "" ? "" : `owner|${Buffer.from(this.owner).toString("base64")}\n`;
    const facts = "Simulated Linux, kernel 6.12.0, x86_64, containerd 2.4.2, cgroup v2\n";
    return `machine|${this.machineId}\n${owner}${inspect === "yes" ? facts : ""}`;
  }

  private release(units: string[], all: boolean): string {
    units.forEach((unit) => this.running.delete(unit));
    if (!all) return "";
    this.owner = "";
    this.archive = "";
    return this.removeAll();
  }

  private removeAll(owner?: string): string {
    this.files.removeOwned(owner);
    return "";
  }

  private lookAtBinaries({
    programs,
    members,
    directory = "",
    fingerprint,
    artifacts,
  }: Record<string, string>): string {
    const unpacked = fingerprint !== "" && fingerprint === this.archive ? "unpacked|\n" : "";
    const staged = linesOf(artifacts).map((digest) => `staged|${digest}\n`);
    const paths = linesOf(members).map((member) => path.join(directory, member));
    return `${this.files.reportDigests([...linesOf(programs), ...paths])}${unpacked}${staged.join("")}unpacks|gzip\n`;
  }

  private installBinaries({
    name = "",
    programs,
    members,
    directory = "",
    fingerprint = "",
  }: Record<string, string>): string {
    for (const line of linesOf(programs)) {
      const [file = "", digest = ""] = line.split(" ");
      this.files.putBinary(name, file, digest);
    }
    const paths = linesOf(members).map((member) => path.join(directory, member));
    paths.forEach((file) => this.files.putBinary(name, file, sha256(file)));
    this.archive = fingerprint;
    return this.files.reportDigests(paths) + this.files.reportDirectories(name);
  }

  private prepare({ name = "", files, sysctls, dropped }: Record<string, string>): string {
    this.files.writeTable(name, files);
    this.files.remove(linesOf(dropped));
    for (const line of linesOf(sysctls))
      this.sysctls.set(line.split("=", 1)[0] ?? "", line.slice(line.indexOf("=") + 1));
    return this.files.reportDirectories(name);
  }

  private lookAtService({ unit = "", files, programs }: Record<string, string>): string {
    const state = this.running.has(unit) ? "state|active|enabled\n" : "state|inactive|disabled\n";
    return this.files.report(files) + this.files.reportDigests(linesOf(programs)) + state;
  }

  private changeService({ name = "", unit = "", files, directories, dropped }: Record<string, string>): string {
    this.files.writeTable(name, files);
    this.files.remove(linesOf(dropped));
    linesOf(directories).forEach((directory) => this.files.makeDirectory(name, directory));
    this.running.add(unit);
    if (unit === "kubelet.service") this.kubeletStarts(this);
    return `${this.files.reportDirectories(name)}started|${Date.now()}\n`;
  }
}
