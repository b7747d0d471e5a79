import type { BenchResult, Measured, ToolResult } from "../../bench/results";
import { markdownTable, renderTables } from "../../bench/table";

const cost = { connections: 1, commands: 12, sentBytes: 2_500_000, receivedBytes: 4000, cpuSeconds: 3 };

function measured(seconds: number, rest: Partial<Measured> = {}): Measured {
  return { seconds, toolSeconds: seconds, hosts: { "node-1": cost }, cpu: { pulumi: 4, ls: 0.01 }, steps: {}, ...rest };
}

const ours: ToolResult = {
  versions: { pulumi: "3.1.0" },
  phases: {
    cold: [measured(8, { steps: { "SystemdService created": [4, 1, 3] } })],
    again: [measured(2)],
    destroy: [measured(3)],
  },
  state: { bytes: 90_000, bytesPerNode: 45_000, customResourcesPerNode: 8, componentsPerNode: 5 },
};
const pyinfra: ToolResult = { versions: { pyinfra: "3.10.0" }, phases: { cold: [measured(10)], again: [measured(4)] } };

const result: BenchResult = {
  date: "2026-01-02T03:04:05.678Z",
  command: "npm run bench -- --hosts 2",
  machine: { CPU: "some x 2", memory: "24 GiB" },
  hosts: 2,
  runs: 1,
  tools: { ours, pyinfra },
};

test("a table is aligned, numbers to the right", () => {
  expect(
    markdownTable(
      ["phase", "s"],
      [
        ["cold", "10.0"],
        ["a longer one", "9.5"],
      ],
    ),
  ).toBe(
    ["| phase        |    s |", "| ------------ | ---: |", "| cold         | 10.0 |", "| a longer one |  9.5 |"].join(
      "\n",
    ),
  );
});

describe("the tables of a benchmark", () => {
  const text = renderTables(result);
  const row = (title: string): string[] =>
    (text.split("\n").find((line) => line.startsWith(`| ${title}`)) ?? "").split("|").map((cell) => cell.trim());

  test("say where the numbers come from", () => {
    expect(text).toContain("2 hosts, one run, 2026-01-02: `npm run bench -- --hosts 2`");
    expect(text).toContain("- machine: CPU some x 2, memory 24 GiB\n- ours: pulumi 3.1.0\n- pyinfra: pyinfra 3.10.0");
  });

  test("have seconds and ratios, and a dash where a tool does not do a thing", () => {
    expect(row("seconds").slice(2, -1)).toEqual(["ours", "pyinfra", "ours / pyinfra"]);
    expect(row("cold, until").slice(2, -1)).toEqual(["8.0", "10.0", "0.80"]);
    expect(row("again").slice(2, -1)).toEqual(["2.0", "4.0", "0.50"]);
    expect(row("destroy").slice(2, -1)).toEqual(["3.0", "–", "–"]);
    expect(text).not.toContain("refresh");
  });

  test("have costs, state, CPU by program and the slowest steps", () => {
    expect(text).toContain("1.0 / 1.0");
    expect(text).toContain("2.500 / 2.500");
    expect(row("ours ").slice(2, -1)).toEqual(["90", "45.0", "8.0", "5.0"]);
    expect(row("pulumi").slice(2, -1)).toEqual(["4.0", "4.0"]);
    expect(text).not.toContain("| ls");
    expect(text).toContain("SystemdService created |      3.0 |       4.0 |");
  });

  test("name a tool that failed, and why", () => {
    const failed = renderTables({ ...result, tools: { ours: { ...ours, failure: "exit code 1" }, pyinfra } });
    expect(failed).toContain("- ours FAILED: exit code 1");
  });
});
