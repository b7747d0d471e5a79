import type { Lab } from "../lab/lab";
import type { SshCounters } from "../lab/network/sshCounters";
import { CpuSampler } from "./cpuSampler";
import { countCommands } from "./hosts";
import { ReadyWatch } from "./readyWatch";
import type { HostCost, Measured } from "./results";
import type { Steps } from "./tools/tool";

/** Runs a tool once and notes what it took. */
export async function measure(
  lab: Lab,
  counters: SshCounters,
  run: () => Promise<Steps>,
  mustBecomeReady: string[],
): Promise<Measured> {
  const [commandsBefore, trafficBefore] = [await countCommands(lab), await counters.read()];
  const watch = mustBecomeReady.length > 0 ? new ReadyWatch(lab) : undefined;
  const sampler = new CpuSampler();
  try {
    const started = Date.now();
    const steps = await run();
    const toolEnded = Date.now();
    const ready = (await watch?.allReady(mustBecomeReady)) ?? 0;
    const cpu = sampler.stop();
    const [commands, traffic] = [await countCommands(lab), await counters.read()];
    const hosts = lab.hosts.map(({ name }): [string, HostCost] => {
      const [before, after] = [trafficBefore[name], traffic[name]];
      return [
        name,
        {
          connections: (after?.connections ?? 0) - (before?.connections ?? 0),
          commands: (commands[name] ?? 0) - (commandsBefore[name] ?? 0),
          sentBytes: (after?.sentBytes ?? 0) - (before?.sentBytes ?? 0),
          receivedBytes: (after?.receivedBytes ?? 0) - (before?.receivedBytes ?? 0),
        },
      ];
    });
    return {
      seconds: (Math.max(toolEnded, ready) - started) / 1000,
      toolSeconds: (toolEnded - started) / 1000,
      hosts: Object.fromEntries(hosts),
      cpu,
      steps,
    };
  } finally {
    sampler.stop();
    watch?.stop();
  }
}
