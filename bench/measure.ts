import type { Lab } from "../lab/lab";
import { docker } from "../lab/machine/docker";
import type { SshCounters } from "../lab/network/sshCounters";
import { labVariable } from "../lab/plan/layout";
import { CpuSampler, type Marks } from "./cpuSampler";
import { countOnHosts } from "./hosts";
import { benchMark } from "./mark";
import { ReadyWatch } from "./readyWatch";
import type { HostCost, Measured } from "./results";
import type { Steps } from "./tools/tool";

/** What a measurement is about. */
export interface Meter {
  lab: Lab;
  counters: SshCounters;
  marks: Marks;
}

/** By what the processes of a lab's hosts and control plane, and of the tools, are known. */
export async function marksOf(lab: Lab): Promise<Marks> {
  const ids = await docker(["inspect", "--format", "{{.Id}}", ...lab.hosts.map(({ container }) => container)]);
  return {
    containers: ids.trim().split("\n"),
    environment: [benchMark.join("="), `${labVariable}=${lab.files.directory}`],
  };
}

/** Runs a tool once and notes what it took. */
export async function measure(meter: Meter, run: () => Promise<Steps>, mustBecomeReady: string[]): Promise<Measured> {
  const before = await lookAtHosts(meter);
  const watch = mustBecomeReady.length > 0 ? new ReadyWatch(meter.lab) : undefined;
  const sampler = new CpuSampler(meter.marks);
  try {
    const started = Date.now();
    const steps = await run();
    const toolEnded = Date.now();
    const ready = (await watch?.allReady(mustBecomeReady)) ?? 0;
    const { programs, onHosts } = sampler.stop();
    const hosts = difference(before, await lookAtHosts(meter));
    const onHostsInAll = Object.values(hosts).reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
    return {
      seconds: (Math.max(toolEnded, ready) - started) / 1000,
      toolSeconds: (toolEnded - started) / 1000,
      hosts,
      cpu: { ...programs, "short-lived on hosts": Math.max(0, onHostsInAll - onHosts) },
      steps,
    };
  } finally {
    sampler.stop();
    watch?.stop();
  }
}

type Costs = Record<string, HostCost>;

async function lookAtHosts({ lab, counters }: Meter): Promise<Costs> {
  const [counted, traffic] = [await countOnHosts(lab), await counters.read()];
  const none = { connections: NaN, sentBytes: NaN, receivedBytes: NaN, commands: NaN, cpuSeconds: NaN };
  return Object.fromEntries(lab.hosts.map(({ name }) => [name, { ...none, ...counted[name], ...traffic[name] }]));
}

function difference(before: Costs, after: Costs): Costs {
  const of = (host: string, key: keyof HostCost): number => (after[host]?.[key] ?? NaN) - (before[host]?.[key] ?? NaN);
  return Object.fromEntries(
    Object.keys(after).map((host) => [
      host,
      {
        connections: of(host, "connections"),
        commands: of(host, "commands"),
        sentBytes: of(host, "sentBytes"),
        receivedBytes: of(host, "receivedBytes"),
        cpuSeconds: of(host, "cpuSeconds"),
      },
    ]),
  );
}
