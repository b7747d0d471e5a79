import { parseLink, parseOptions } from "../../bench/options";

const flags = { name: "bench", subnet: "10.234.0.0/24", hosts: "5", runs: "3" };

test("options are numbers, and the tools in the order in which they run", () => {
  expect(parseOptions({ ...flags, only: "straight,ours", link: "100ms,20mbit" })).toMatchObject({
    hosts: 5,
    runs: 3,
    only: ["ours", "straight"],
    link: { roundTripMs: 100, bitsPerSecond: 20_000_000 },
    keep: false,
  });
  expect(parseOptions(flags).only).toEqual(["ours", "pyinfra", "straight"]);
});

test.each([
  [{ hosts: "1" }, /--hosts 1: .*\n.*from 2 to/],
  [{ runs: "x" }, /--runs x: /],
  [{ only: "ours,chef" }, /there is no tool "chef"\n.*ours,pyinfra,straight/],
  [{ link: "100ms" }, /--link 100ms: .*\n.*100ms,20mbit/],
])("%j is refused with the rule", (wrong, message) => {
  expect(() => parseOptions({ ...flags, ...wrong })).toThrow(message);
});

test("a link has a round trip and a rate", () => {
  expect(parseLink("0.5ms,1gbit")).toEqual({ roundTripMs: 0.5, bitsPerSecond: 1e9 });
  expect(() => parseLink("10ms,0mbit")).toThrow(/not a link/);
});
