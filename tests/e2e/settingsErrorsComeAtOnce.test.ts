import { openTestLab } from "../support/labOfTests";
import { Stack } from "../support/stack";
import { touched } from "../support/stackRun";

test("a stack with many mistakes gets one message with all of them and registers nothing", async () => {
  const stack = await Stack.open(await openTestLab(), "mistakes");
  stack.configure((config) => {
    const [first, second] = config["hosts"] as Record<string, unknown>[];
    config["hosts"] = [
      { ...first, adress: "10.0.0.1" },
      { ...second, name: String(first?.["name"]).toUpperCase(), address: first?.["address"] },
    ];
    config["kubeProxymode"] = "iptables";
    config["clusterCIDR"] = "10.2.0.1/16";
    config["kubeletConfiguration"] = { maxPod: 20 };
    delete config["bootstrapToken"];
  });
  const run = await stack.preview();
  const { ok, output } = run;
  await stack.forget();
  expect(ok).toBe(false);
  for (const path of [
    "hosts[0].adress",
    "hosts[1].name",
    "hosts[1].address",
    "kubeProxymode",
    "clusterCIDR",
    "kubeletConfiguration.maxPod",
    "bootstrapToken",
  ]) {
    expect(output).toContain(path);
  }
  expect(output).toContain("maxPods");
  expect(output).toContain("config set --secret");
  // The stack itself is all that was registered.
  expect(touched(run)).toEqual(["kubernetes-worker-nodes-mistakes"]);
});
