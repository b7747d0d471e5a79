import type { Lab } from "../../lab/lab";
import { nodesOf } from "../support/labOfTests";
import type { Stack } from "../support/stack";
import { expectSuccess, readyStack } from "../support/stack";

describe("a kubelet configuration that does not hold", () => {
  let lab: Lab;
  let stack: Stack;
  beforeAll(async () => {
    ({ lab, stack } = await readyStack());
  });

  test("is undone on the host: the node runs with the version before, the run fails with the kubelet's words", async () => {
    const [host] = lab.hosts;
    const configuration = async (): Promise<string> =>
      (await lab.exec(host?.name ?? "", "cat /var/lib/kubelet/config.yaml")).stdout;
    const before = await configuration();
    stack.configure((config) => {
      // A name and type that are right, and a value that only the kubelet knows to refuse.
      config["kubeletConfiguration"] = {
        ...(config["kubeletConfiguration"] as object),
        featureGates: { NoSuchGate: true },
      };
    });
    const { ok, output } = await stack.up();
    expect(ok).toBe(false);
    expect(output).toContain("the version before was put back and kubelet.service runs with it");
    expect(output).toContain("unrecognized feature gate: NoSuchGate");
    expect(await configuration()).toBe(before);
    expect((await nodesOf(lab)).map(({ ready }) => ready)).toEqual(lab.hosts.map(() => true));
  });

  // Row 54 of the faults: such a kubelet answers once before it ends, again and again.
  test("so is one with which the kubelet ends after it has answered", async () => {
    stack.configure((config) => {
      const evictionHard = { "memory.available": "1000Gi" };
      config["kubeletConfiguration"] = { ...(config["kubeletConfiguration"] as object), evictionHard };
    });
    const { ok, output } = await stack.up();
    expect(ok).toBe(false);
    expect(output).toContain("the version before was put back and kubelet.service runs with it");
    expect((await nodesOf(lab)).map(({ ready }) => ready)).toEqual(lab.hosts.map(() => true));
    stack.configure();
    expectSuccess(await stack.up({ expectNoChanges: true }));
  });

  test("and the right one is applied by the next up", async () => {
    stack.configure((config) => {
      config["kubeletConfiguration"] = { ...(config["kubeletConfiguration"] as object), maxPods: 120 };
    });
    expectSuccess(await stack.up());
    const { stdout } = await lab.exec(lab.hosts[0]?.name ?? "", "grep maxPods /var/lib/kubelet/config.yaml");
    expect(stdout).toBe("maxPods: 120\n");
    stack.configure();
    expectSuccess(await stack.up());
  });
});
