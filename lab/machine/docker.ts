import * as path from "node:path";
import { type CommandOptions, lastLines, run, tryRun } from "./command";
import { daemonPid, ensureDaemon, stopDaemon } from "./daemons";
import { machineDirectory } from "./directories";
import { LabError } from "./errors";
import { readIfExists } from "./files";
import { pollUntil } from "./interrupt";
import { acquire, release } from "./machineState";

const lease = "dockerd";
const startTimeoutSeconds = 60;
const recordPath = () => path.join(machineDirectory(), "dockerd.json");
const logPath = () => path.join(machineDirectory(), "dockerd.log");

/** Runs the Docker client; returns what it printed. */
export async function docker(args: string[], options: CommandOptions = {}): Promise<string> {
  return run("docker", args, options);
}

/** Whether a Docker daemon answers. */
export async function dockerAnswers(): Promise<boolean> {
  return (await tryRun("docker", ["version", "--format", "{{.Server.Version}}"], { timeoutSeconds: 20 })).code === 0;
}

/**
 * Uses the Docker daemon that answers, or starts one of the labs' own. Returns a line that says which.
 * Our own changes nothing of the machine's network: no bridge, no iptables rules, no forwarding.
 */
export async function ensureDocker(lab: string): Promise<string> {
  if (await dockerAnswers()) {
    // A daemon that another lab has started is this lab's too: it is not to be stopped under it.
    if (await daemonPid(recordPath())) await acquire(lease, lab, () => Promise.resolve("stopped"));
    return "the Docker daemon that runs on this machine";
  }
  await acquire(lease, lab, () => Promise.resolve("stopped"));
  await ensureDaemon({
    name: "dockerd",
    command: "dockerd",
    args: ["--bridge=none", "--iptables=false", "--ip6tables=false", "--ip-forward=false", "--ip-masq=false"],
    logPath: logPath(),
    recordPath: recordPath(),
  });
  const up = await pollUntil(async () => ((await dockerAnswers()) ? true : undefined), startTimeoutSeconds);
  if (!up) {
    const log = (await readIfExists(logPath())) ?? "";
    throw new LabError(
      `dockerd was started and did not answer within ${startTimeoutSeconds} s; the end of ${logPath()}:\n${lastLines(log, 10)}`,
      "start Docker yourself and run this again",
    );
  }
  return "a Docker daemon of its own (stopped with the last lab)";
}

/** Stops the labs' own Docker daemon if `lab` was the last to need it. */
export async function releaseDocker(lab: string): Promise<void> {
  await release(lease, lab, async () => {
    await stopDaemon(recordPath(), 30);
    // dockerd leaves its network namespaces mounted (moby keeps them for live-restore, which is off).
    const mounts = (await readIfExists("/proc/self/mounts")) ?? "";
    for (const line of mounts.split("\n")) {
      const target = line.split(" ")[1] ?? "";
      if (target.startsWith("/run/docker/")) await tryRun("umount", [target]);
    }
  });
}
