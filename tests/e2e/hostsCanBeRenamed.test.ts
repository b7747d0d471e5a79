import type { Lab } from "../../lab/lab";
import { nodesOf } from "../support/labOfTests";
import { expectAsConfigured } from "../support/settled";
import type { Stack } from "../support/stack";
import { expectSuccess, readyStack } from "../support/stack";
import { touched } from "../support/stackRun";

type Hosts = { name: string; address: string; hostKey: string }[];

// Rows 1, 2 and 44 of the faults.
describe("hosts that get other names or addresses", () => {
  let lab: Lab;
  let stack: Stack;
  beforeAll(async () => {
    ({ lab, stack } = await readyStack());
  });
  afterAll(async () => {
    stack.configure();
    expectSuccess(await stack.up());
  });

  const configureHosts = (edit: (hosts: Hosts) => void): void =>
    stack.configure((config) => edit(config["hosts"] as Hosts));

  /** The first two hosts with each other's values of some keys. */
  const exchange = (...keys: ("name" | "address" | "hostKey")[]): void =>
    configureHosts(([one, other]) => {
      if (one === undefined || other === undefined) throw new Error("the lab has less than two hosts");
      for (const key of keys) [one[key], other[key]] = [other[key], one[key]];
    });

  test("a new name makes the machine another Node: the old one goes, the others are not touched", async () => {
    configureHosts(([host]) => {
      if (host) host.name = "renamed-1";
    });
    const run = expectSuccess(await stack.up());
    expect(touched(run).filter((name) => name.startsWith(lab.hosts[1]?.name ?? ""))).toEqual([]);
    expect((await nodesOf(lab)).map(({ name }) => name)).toContain("renamed-1");
    await expectAsConfigured(lab, stack);
  });

  test("and the old name again makes it the old one", async () => {
    stack.configure();
    expectSuccess(await stack.up());
    await expectAsConfigured(lab, stack);
  });

  test("names can be exchanged in one run", async () => {
    exchange("name");
    expectSuccess(await stack.up());
    await expectAsConfigured(lab, stack);
  });

  test("and so can addresses", async () => {
    stack.configure();
    expectSuccess(await stack.up());
    exchange("address", "hostKey");
    expectSuccess(await stack.up());
    await expectAsConfigured(lab, stack);
  });
});
