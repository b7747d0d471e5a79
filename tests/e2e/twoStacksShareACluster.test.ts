import type { Lab } from "../../lab/lab";
import { kubectl } from "../../lab/hosts/workload";
import { kubectlOf } from "../support/labOfTests";
import { Stack, expectSuccess, readyStack } from "../support/stack";

describe("a second stack on the cluster", () => {
  let lab: Lab;
  let first: Stack;
  let second: Stack;
  beforeAll(async () => {
    ({ lab, stack: first } = await readyStack());
    second = await Stack.open(lab, "second");
    second.configure((config) => {
      const [host] = config["hosts"] as { address: string }[];
      // Nobody has this address: the stack is about the cluster only.
      config["hosts"] = [{ ...host, name: "nobody", address: host?.address.replace(/\d+$/, "250") }];
    });
  });
  afterAll(() => second.forget());

  const ours = async (): Promise<string[]> => {
    const kinds = ["get", "clusterrolebindings,secrets", "--all-namespaces", "-o", "name"];
    return (await kubectl(kubectlOf(lab), kinds))
      .split("\n")
      .filter((line) => /worker-nodes|bootstrap-token/.test(line));
  };

  test("is refused the first one's token, and its destroy takes nothing of the first one away", async () => {
    const before = await ours();
    const { ok, output } = await second.up();
    expect(ok).toBe(false);
    expect(output).toContain(`conflict with "kubernetes-worker-nodes/${first.name}"`);
    const bindings = (await ours()).filter((line) => line.includes(":second:"));
    expect(bindings).toHaveLength(3);
    expectSuccess(await second.destroy());
    expect(await ours()).toEqual(before);
    expect(before).toHaveLength(4);
  });
});
