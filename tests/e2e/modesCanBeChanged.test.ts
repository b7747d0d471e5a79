import type { Lab } from "../../lab/lab";
import { checkWorkload, startWorkload, stopWorkload } from "../../lab/hosts/workload";
import { kubectlOf } from "../support/labOfTests";
import { expectAsConfigured } from "../support/settled";
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

/** What is on a host of the pods' network that is ours, one line each. */
const network = `
ls /etc/cni/net.d/10-containerd-net.conflist /etc/containerd/cni-template.conflist /etc/kubernetes/masquerade.nft /opt/cni/bin/bridge
nft list table ip kubernetes-worker-nodes | head -n 1
ip -o link show cni0 | cut -d: -f2`;

/** Another system's network, as far as containerd looks: with it the Node is Ready. */
const theirs = "/etc/cni/net.d/10-theirs.conflist";
const theirNetwork = `echo '{"cniVersion":"1.0.0","name":"theirs","plugins":[{"type":"theirs"}]}' >${theirs}`;

// Row 19 of the faults.
describe("the pods' network", () => {
  let lab: Lab;
  let stack: Stack;
  beforeAll(async () => {
    ({ lab, stack } = await readyStack());
    // The bridge comes with a node's first pod.
    await expectServicesAnswer(lab);
  });
  afterAll(() => onAll(`rm -f ${theirs}`));

  const onAll = (script: string): Promise<string[]> =>
    Promise.all(lab.hosts.map(async ({ name }) => (await lab.exec(name, script)).stdout.trim()));

  test("that is given to another system leaves nothing of ours on a host", async () => {
    for (const found of await onAll(network)) expect(found.split("\n")).toHaveLength(6);
    await onAll(theirNetwork);
    stack.configure((config) => (config["cniMode"] = "none"));
    expectSuccess(await stack.up());
    expect(await onAll(network)).toEqual(lab.hosts.map(() => ""));
    expect(await onAll(`ls ${theirs}`)).toEqual(lab.hosts.map(() => theirs));
    await expectAsConfigured(lab, stack);
  });

  test("comes back, once the other one is gone, and pods answer", async () => {
    stack.configure();
    const { ok, output } = await stack.up();
    expect(ok).toBe(false);
    expect(output.replace(/\s+/g, " ")).toContain(`${theirs} is the network of somebody else`);
    await onAll(`rm ${theirs}`);
    expectSuccess(await stack.up());
    await expectServicesAnswer(lab);
    await expectAsConfigured(lab, stack);
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
