import { markdownTable } from "../table";
import { simulatedPhases, type SimulatedPhase, type SimulatedRun, type SimulationResult } from "./simulation";

const titles: Record<SimulatedPhase, string> = {
  cold: "up",
  again: "up again",
  refresh: "refresh",
  destroy: "destroy",
};

const processes: [string, string][] = [
  ["node dynamic-provider", "provider"],
  ["node run", "program"],
  ["pulumi", "pulumi"],
];

/** Simulations of different sizes as Markdown. */
export function simulationTables(results: SimulationResult[]): string {
  return [timeTable(results), processTable(results), callTable(results)].join("\n\n") + "\n";
}

function timeTable(results: SimulationResult[]): string {
  const rows = results.map(({ hosts, phases, stateBytes = NaN }) => [
    String(hosts),
    ...simulatedPhases.map((phase) => number(phases[phase]?.seconds, 1)),
    number(stateBytes / 1e6, 1),
    number(stateBytes / 1e3 / hosts, 1),
  ]);
  const seconds = simulatedPhases.map((phase) => `${titles[phase]} s`);
  return markdownTable(["hosts", ...seconds, "state MB", "state KB per node"], rows);
}

function processTable(results: SimulationResult[]): string {
  const rows = eachRun(results, (run) =>
    processes.flatMap(([program]) => [number((run.memory[program] ?? NaN) / 1e6, 0), number(run.cpu[program], 1)]),
  );
  const header = processes.flatMap(([, title]) => [`${title} MB at most`, `${title} CPU s`]);
  return markdownTable(["hosts, run", ...header], rows);
}

function callTable(results: SimulationResult[]): string {
  const rows = eachRun(results, ({ ssh, api }) => {
    const calls = Object.entries(api).toSorted(([a], [b]) => (a < b ? -1 : 1));
    const bytes = calls.reduce((sum, [, { answeredBytes }]) => sum + answeredBytes, 0);
    const listed = calls.map(([kind, { calls: count }]) => `${kind} ${count}`).join(", ");
    return [
      String(ssh.connections),
      String(ssh.commands),
      number(ssh.receivedBytes / 1e6, 1),
      number(bytes / 1e6, 1),
      listed,
    ];
  });
  return markdownTable(
    ["hosts, run", "SSH connections", "commands", "MB to hosts", "MB from the API", "API calls"],
    rows,
  );
}

function eachRun(results: SimulationResult[], cells: (run: SimulatedRun) => string[]): string[][] {
  return results.flatMap(({ hosts, phases }) =>
    simulatedPhases.flatMap((phase) => {
      const run = phases[phase];
      return run === undefined ? [] : [[`${hosts}, ${titles[phase]}`, ...cells(run)]];
    }),
  );
}

function number(value: number | undefined, digits: number): string {
  return value === undefined || !Number.isFinite(value) ? "–" : value.toFixed(digits);
}
