import type { Lab } from "../../lab/lab";
import { checkWorkload, startWorkload, stopWorkload } from "../../lab/hosts/workload";
import { kubectlOf } from "../support/labOfTests";
import type { Stack } from "../support/stack";
import { expectSuccess, readyStack } from "../support/stack";

describe("kube-proxy's mode", () => {
  let lab: Lab;
  let stack: Stack;
  beforeAll(async () => {
    ({ lab, stack } = await readyStack());
  });

  test("changes to iptables and back, kubelets untouched and Services answering", async () => {
    const [host] = lab.hosts;
    const kubeletStart = async (): Promise<string> =>
      (await lab.exec(host?.name ?? "", "systemctl show -p ActiveEnterTimestampMonotonic kubelet")).stdout;
    const before = await kubeletStart();
    stack.configure((config) => (config["kubeProxyMode"] = "iptables"));
    expectSuccess(await stack.up());
    const tables = await lab.exec(host?.name ?? "", "nft list tables; iptables -t nat -S");
    expect(tables.stdout).not.toContain("kube-proxy");
    expect(tables.stdout).toContain("KUBE-SERVICES");
    await expectServicesAnswer(lab);
    expect(await kubeletStart()).toBe(before);

    stack.configure((config) => (config["kubeProxyMode"] = "nftables"));
    expectSuccess(await stack.up());
    await expectServicesAnswer(lab);
  });
});

async function expectServicesAnswer(lab: Lab): Promise<void> {
  const client = kubectlOf(lab);
  const workload = await startWorkload(
    client,
    lab.hosts.map(({ name }) => name),
  );
  const addresses = Object.fromEntries(lab.hosts.map(({ name, address }) => [name, address]));
  expect(await checkWorkload(client, workload, addresses)).toHaveLength(5);
  await stopWorkload(client);
}
