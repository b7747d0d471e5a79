import { docker } from "../../lab/machine/docker";
import { labUp } from "../../lab/lab";
import type { Lab } from "../../lab/lab";
import { fingerprint } from "../support/hostFingerprint";
import { nodesOf } from "../support/labOfTests";
import { expectAsConfigured } from "../support/settled";
import type { Stack } from "../support/stack";
import { expectSuccess, readyStack } from "../support/stack";

type Hosts = Record<string, unknown>[];

/** Another machine with the address and the SSH key of a host, as after its reinstallation. */
async function reinstall(lab: Lab, container = ""): Promise<void> {
  await docker(["rm", "--force", "--volumes", container]);
  await labUp({ name: lab.name });
}

// Row 2 of the faults.
describe("a machine that is exchanged", () => {
  let lab: Lab;
  let stack: Stack;
  beforeAll(async () => {
    ({ lab, stack } = await readyStack());
  });
  afterAll(async () => {
    stack.configure();
    expectSuccess(await stack.up());
  });

  test("behind its address, is made the Node again, which a refresh sees and an up repairs", async () => {
    const [host] = lab.hosts;
    await reinstall(lab, host?.container);
    const { output } = expectSuccess(await stack.start("preview", "--refresh", "--diff").ended);
    expect(output).toContain("is another machine");
    expectSuccess(await stack.up({ refresh: true }));
    await expectAsConfigured(lab, stack);
  });

  test("by an address that is another machine's, gives the Node to that one and leaves nothing on the old one", async () => {
    const [first, second] = stack.setting("hosts") as Hosts;
    stack.configure((config) => (config["hosts"] = [{ ...first }]));
    expectSuccess(await stack.up());
    stack.configure((config) => {
      config["hosts"] = [{ ...first, address: second?.["address"], hostKey: second?.["hostKey"] }];
    });
    expectSuccess(await stack.up());
    await expectAsConfigured(lab, stack);
  });
});

// Row 10.
describe("a machine that is gone for good", () => {
  let lab: Lab;
  let stack: Stack;
  let container: string;
  let others: string[];
  beforeAll(async () => {
    ({ lab, stack } = await readyStack());
    container = lab.hosts[0]?.container ?? "";
    others = lab.hosts.slice(1).map(({ name }) => name);
    await docker(["kill", container]);
  });
  afterAll(async () => {
    await reinstall(lab, container);
    stack.configure();
    expectSuccess(await stack.up());
  });

  const looks = (): Promise<string[]> => Promise.all(others.map((name) => fingerprint(lab, name)));

  test("loses its Node when it is declared lost, and leaves the list, without a connection and with no other touched", async () => {
    const before = await looks();
    stack.configure((config) => {
      const [first, ...rest] = config["hosts"] as Hosts;
      config["hosts"] = [{ ...first, lost: true }, ...rest];
    });
    expectSuccess(await stack.up());
    expect((await nodesOf(lab)).map(({ name }) => name)).toEqual(others);
    expectSuccess(await stack.up({ refresh: true, expectNoChanges: true }));
    stack.configure((config) => (config["hosts"] = (config["hosts"] as Hosts).slice(1)));
    const { output } = expectSuccess(await stack.up());
    expect(output).toContain("nothing was done, the machine is declared lost");
    expectSuccess(await stack.up({ refresh: true, expectNoChanges: true }));
    expect(await looks()).toEqual(before);
    expect((await nodesOf(lab)).map(({ name, ready }) => [name, ready])).toEqual(others.map((name) => [name, true]));
  });
});
