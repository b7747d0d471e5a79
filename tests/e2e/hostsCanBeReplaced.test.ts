import { docker } from "../../lab/machine/docker";
import { labUp } from "../../lab/lab";
import type { Lab } from "../../lab/lab";
import { expectAsConfigured } from "../support/settled";
import type { Stack } from "../support/stack";
import { expectSuccess, readyStack } from "../support/stack";

type Hosts = Record<string, unknown>[];

// Rows 2 and 10 of the faults.
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

  /** Another machine with the address and the SSH key of a host, as after its reinstallation. */
  async function reinstall(name: string): Promise<void> {
    const host = lab.hosts.find((candidate) => candidate.name === name);
    await docker(["rm", "--force", "--volumes", host?.container ?? ""]);
    lab = await labUp({ name: lab.name });
  }

  test("behind its address, is made the Node again, which a refresh sees and an up repairs", async () => {
    const [host] = lab.hosts;
    await reinstall(host?.name ?? "");
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
