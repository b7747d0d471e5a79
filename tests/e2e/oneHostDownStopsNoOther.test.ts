import type { Lab } from "../../lab/lab";
import { nodesOf, openTestLab } from "../support/labOfTests";
import { Stack, expectSuccess } from "../support/stack";

/** An address of the lab's network that no host has. */
const deadAddress = "10.233.0.250";

describe("a host that is down", () => {
  let lab: Lab;
  let stack: Stack;
  beforeAll(async () => {
    lab = await openTestLab();
    stack = new Stack(lab);
    expectSuccess(await stack.up());
    expectSuccess(await stack.destroy());
  });

  test("is named, fails the run, and the others become Ready", async () => {
    stack.configure((config) => {
      const hosts = config["hosts"] as Record<string, unknown>[];
      config["hosts"] = [{ ...hosts[0], name: "dead", address: deadAddress }, ...hosts];
    });
    const { code, output } = await stack.up();
    expect(code).not.toBe(0);
    expect(output).toContain("dead-preflight");
    expect(output).toContain(deadAddress);
    const nodes = await nodesOf(lab);
    expect(nodes.map(({ name, ready }) => ({ name, ready }))).toEqual(
      lab.hosts.map(({ name }) => ({ name, ready: true })),
    );
  });

  test("is forgotten without a connection when it leaves the stack before it ever joined", async () => {
    stack.configure(() => undefined);
    expectSuccess(await stack.up());
    expectSuccess(await stack.up("--expect-no-changes"));
  });
});
