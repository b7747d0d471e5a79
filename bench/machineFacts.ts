import { readFileSync } from "node:fs";
import * as os from "node:os";
import type { Lab } from "../lab/lab";
import { readIfExists } from "../lab/machine/files";
import type { LabState } from "../lab/plan/labState";
import type { Link } from "./options";

/** What the numbers depend on. */
export async function machineFacts(lab: Lab, link: Link | undefined): Promise<Record<string, string>> {
  const state = JSON.parse((await readIfExists(lab.files.state)) ?? "{}") as Partial<LabState>;
  const host = lab.hosts[0]?.name ?? "";
  const on = async (command: string): Promise<string> => (await lab.exec(host, command)).stdout.trim();
  return {
    CPU: `${os.cpus()[0]?.model ?? "unknown"} x ${os.cpus().length}`,
    memory: `${Math.round(os.totalmem() / 2 ** 30)} GiB`,
    kernel: os.release(),
    load: loadAverage(),
    node: process.version,
    kubernetes: state.options?.kubernetesVersion ?? "unknown",
    containerd: (await on("containerd --version")).split(" ")[2] ?? "unknown",
    sshd: (await on("ssh -V 2>&1")).split(",")[0] ?? "unknown",
    hosts: "containers on the same machine",
    link:
      link === undefined ? "the machine's own" : `${link.roundTripMs} ms, ${link.bitsPerSecond / 1e6} Mbit/s each way`,
  };
}

/** Of the last minute, before the first run: whether the machine had other work. */
function loadAverage(): string {
  return readFileSync("/proc/loadavg", "utf8").split(" ", 1)[0] ?? "unknown";
}
