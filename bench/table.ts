import { toolNames, type ToolName } from "./options";
import { median, perHost, phaseMedian, phaseNames, totalCpu } from "./results";
import type { BenchResult, HostCost, Measured, PhaseName, ToolResult } from "./results";

/** What each phase is called in the tables. */
export const phaseTitles: Record<PhaseName, string> = {
  cold: "cold, until all Nodes are Ready",
  again: "again, nothing to do",
  refresh: "refresh",
  changed: "one kubelet field on all hosts",
  removed: "one host removed",
  added: "one host added, until it is Ready",
  destroy: "destroy",
};

/** Programs with less than this share of a phase's CPU time are summed up. */
const smallestShare = 0.02;
const none = "–";

/** A benchmark as Markdown. */
export function renderTables(result: BenchResult): string {
  const tools = toolNames.filter((name) => result.tools[name] !== undefined);
  const ran = phaseNames.filter((phase) => tools.some((tool) => (result.tools[tool]?.phases[phase] ?? []).length > 0));
  const sections = [
    heading(result, tools),
    timeTable(result, tools, ran),
    costTable(result, tools, ran),
    stateTable(result, tools),
    cpuTable(result, tools, "cold"),
    stepTable(result, tools),
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

function heading({ date, command, machine, hosts, runs, tools }: BenchResult, names: ToolName[]): string {
  const versions = names.map((name) => `- ${name}: ${pairs(tools[name]?.versions ?? {})}`);
  const failures = names.flatMap((name) => (tools[name]?.failure ? [`- ${name} FAILED: ${tools[name].failure}`] : []));
  const what = `${hosts} hosts, ${runs === 1 ? "one run" : `medians of ${runs} runs`}, ${date.slice(0, 10)}: \`${command}\``;
  return [what, "", `- machine: ${pairs(machine)}`, ...versions, ...failures].join("\n");
}

function pairs(values: Record<string, string>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key} ${value}`)
    .join(", ");
}

function timeTable({ tools }: BenchResult, names: ToolName[], phases: PhaseName[]): string {
  const rivals = names.includes("ours") ? names.filter((name) => name !== "ours") : [];
  const header = ["seconds", ...names, ...rivals.map((rival) => `ours / ${rival}`)];
  const rows = phases.map((phase) => {
    const seconds = (name: ToolName) => phaseMedian(tools[name], phase, (run) => run.seconds);
    const ratios = rivals.map((rival) => ratio(seconds("ours"), seconds(rival)));
    return [phaseTitles[phase], ...names.map((name) => number(seconds(name), 1)), ...ratios];
  });
  return markdownTable(header, rows);
}

function ratio(one: number | undefined, other: number | undefined): string {
  return one === undefined || other === undefined ? none : number(one / other, 2);
}

const costs: [string, (cost: HostCost) => number, number][] = [
  ["connections", (cost) => cost.connections, 1],
  ["commands", (cost) => cost.commands, 1],
  ["MB sent", (cost) => cost.sentBytes / 1e6, 3],
  ["MB received", (cost) => cost.receivedBytes / 1e6, 3],
];

function costTable({ tools }: BenchResult, names: ToolName[], phases: PhaseName[]): string {
  const cells = (phase: PhaseName, value: (run: Measured) => number, digits: number): string =>
    names.map((name) => number(phaseMedian(tools[name], phase, value), digits)).join(" / ");
  const rows = phases.map((phase) => [
    phaseTitles[phase],
    ...costs.map(([, cost, digits]) => cells(phase, (run) => perHost(run, cost), digits)),
    cells(phase, totalCpu, 1),
  ]);
  const header = [`mean per host, ${names.join(" / ")}`, ...costs.map(([title]) => title), "CPU s in all"];
  return markdownTable(header, rows);
}

function stateTable({ tools }: BenchResult, names: ToolName[]): string {
  const rows = names.flatMap((name) => {
    const state = tools[name]?.state;
    if (state === undefined) return [];
    const { bytes, bytesPerNode, customResourcesPerNode, componentsPerNode } = state;
    return [
      [name, number(bytes / 1e3, 0), number(bytesPerNode / 1e3, 1)].concat(
        number(customResourcesPerNode, 1),
        number(componentsPerNode, 1),
      ),
    ];
  });
  const header = ["state", "KB", "KB per node", "custom resources per node", "components per node"];
  return rows.length === 0 ? "" : markdownTable(header, rows);
}

function cpuTable({ tools }: BenchResult, names: ToolName[], phase: PhaseName): string {
  const programs = new Set(names.flatMap((name) => largest(tools[name], phase)));
  const seconds = (name: ToolName, program: string) => phaseMedian(tools[name], phase, ({ cpu }) => cpu[program] ?? 0);
  const sum = (program: string): number => names.reduce((all, name) => all + (seconds(name, program) ?? 0), 0);
  const rows = [...programs]
    .toSorted((a, b) => sum(b) - sum(a))
    .map((program) => [program, ...names.map((name) => number(seconds(name, program), 1))]);
  return markdownTable([`CPU seconds, ${phase}`, ...names], rows);
}

function largest(result: ToolResult | undefined, phase: PhaseName): string[] {
  const runs = result?.phases[phase] ?? [];
  return runs.flatMap((run) => {
    const least = totalCpu(run) * smallestShare;
    return Object.entries(run.cpu).flatMap(([program, seconds]) => (seconds >= least ? [program] : []));
  });
}

/** Where the cold run spends its time, by kind of step; steps of different hosts overlap. */
function stepTable({ tools }: BenchResult, names: ToolName[]): string {
  const rows = names.flatMap((name) => {
    const runs = tools[name]?.phases.cold ?? [];
    const kinds = [...new Set(runs.flatMap(({ steps }) => Object.keys(steps)))];
    const all = kinds.map((kind) => ({ kind, seconds: runs.flatMap(({ steps }) => steps[kind] ?? []) }));
    return all
      .toSorted((a, b) => median(b.seconds) - median(a.seconds))
      .slice(0, 8)
      .map(({ kind, seconds }) => [name, kind, number(median(seconds), 1), number(Math.max(...seconds), 1)]);
  });
  return rows.length === 0 ? "" : markdownTable(["cold", "step", "median s", "longest s"], rows);
}

function number(value: number | undefined, digits: number): string {
  return value === undefined || !Number.isFinite(value) ? none : value.toFixed(digits);
}

/** Rows of cells as a table that Prettier leaves alone: the first column is text, the others are numbers. */
export function markdownTable(header: string[], rows: string[][]): string {
  const widths = header.map((title, column) =>
    Math.max(3, title.length, ...rows.map((row) => (row[column] ?? "").length)),
  );
  const line = (cells: string[]): string => `| ${cells.join(" | ")} |`;
  const padded = (row: string[]): string =>
    line(
      row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))),
    );
  const rule = widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  return [padded(header), line(rule), ...rows.map(padded)].join("\n");
}
