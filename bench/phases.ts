import type { PhaseName } from "./results";
import type { Steps, Tool, Wanted } from "./tools/tool";

/** What is measured; the phases of one run follow each other on the same hosts. */
export interface Phase {
  name: PhaseName;
  /** What the tool's files say meanwhile. */
  wanted: Wanted;
  /** Nodes that were not there before and must be Ready at the end. */
  becomeReady: string[];
  /** Hosts that are made bare before it. */
  clear: string[];
  /** Undefined where the tool has no such thing. */
  run: (tool: Tool) => (() => Promise<Steps>) | undefined;
}

/** Value of the kubelet's maxPods before and after "changed". */
const [before, after] = [110, 111];

/** The first is for the run that is not counted, which asks for the same. */
export function firstWanted(hosts: string[]): Wanted {
  return { hosts, maxPods: before };
}

export function phasesOf(hosts: string[]): Phase[] {
  const last = hosts.slice(-1);
  const fewer = hosts.slice(0, -1);
  const apply: Phase["run"] = (tool) => () => tool.apply();
  const phase = (name: PhaseName, wanted: Wanted, rest: Partial<Phase> = {}): Phase => ({
    ...{ name, wanted, becomeReady: [], clear: [], run: apply },
    ...rest,
  });
  return [
    phase("cold", firstWanted(hosts), { becomeReady: hosts, clear: hosts }),
    phase("again", firstWanted(hosts)),
    phase("refresh", firstWanted(hosts), { run: (tool) => tool.refresh?.bind(tool) }),
    phase("changed", { hosts, maxPods: after }),
    phase(
      "removed",
      { hosts: fewer, maxPods: after },
      { run: (tool) => (tool.removes ? () => tool.apply() : undefined) },
    ),
    phase("added", { hosts, maxPods: after }, { becomeReady: last, clear: last }),
    phase("destroy", { hosts, maxPods: after }, { run: (tool) => tool.destroy?.bind(tool) }),
  ];
}
