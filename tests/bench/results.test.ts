import { median, perHost, phaseMedian, totalCpu, type Measured } from "../../bench/results";

const cost = { connections: 1, commands: 4, sentBytes: 1000, receivedBytes: 10, cpuSeconds: 3 };

function measured(seconds: number, connections = [1, 3]): Measured {
  const hosts = Object.fromEntries(connections.map((count, at) => [`node-${at}`, { ...cost, connections: count }]));
  return { seconds, toolSeconds: seconds, hosts, cpu: { pulumi: 1.5, node: 0.5 }, steps: {} };
}

test.each([
  [[3, 1, 2], 2],
  [[10, 9], 9.5],
  [[7], 7],
  [[], NaN],
])("the median of %j is %p", (values, expected) => {
  expect(median(values)).toBe(expected);
});

test("a phase's median is over its runs, and there is none of a phase that a tool does not do", () => {
  const result = { versions: {}, phases: { cold: [measured(5), measured(60), measured(7)] } };
  expect(phaseMedian(result, "cold", ({ seconds }) => seconds)).toBe(7);
  expect(phaseMedian(result, "destroy", ({ seconds }) => seconds)).toBeUndefined();
  expect(phaseMedian(undefined, "cold", ({ seconds }) => seconds)).toBeUndefined();
});

test("costs are the mean over hosts, CPU the sum over programs", () => {
  expect(perHost(measured(1, [0, 0, 0, 1]), ({ connections }) => connections)).toBe(0.25);
  expect(totalCpu(measured(1))).toBe(2);
});
