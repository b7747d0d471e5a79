import type { Lab } from "../../lab/lab";
import { kubectl } from "../../lab/hosts/workload";
import { kubectlOf } from "../support/labOfTests";
import { Stack, expectSuccess, readyStack } from "../support/stack";

describe("a second stack on the cluster", () => {
  const name = ["--stack", "second"];
  let lab: Lab;
  let second: Stack;
  beforeAll(async () => {
    ({ lab } = await readyStack());
    second = new Stack(lab, "second");
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
    const { code, output } = await second.up(...name);
    expect(code).toBe(1);
    expect(output).toContain('conflict with "kubernetes-worker-nodes/dev"');
    const bindings = (await ours()).filter((line) => line.includes(":second:"));
    expect(bindings).toHaveLength(3);
    expectSuccess(await second.destroy(...name));
    expect(await ours()).toEqual(before);
    expect(before).toHaveLength(4);
  });
});
