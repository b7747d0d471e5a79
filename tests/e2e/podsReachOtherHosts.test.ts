import { checkWorkload, kubectl, startWorkload, stopWorkload, type Workload } from "../../lab/hosts/workload";
import type { Lab } from "../../lab/lab";
import { setRouting } from "../../lab/routing";
import { kubectlOf } from "../support/labOfTests";
import { expectAsConfigured } from "../support/settled";
import { expectSuccess, readyStack, type Stack } from "../support/stack";

/** Sends packets of 1,400 bytes that may not be cut, from the network namespace of the pod with one address to another pod. */
const ping = (from: string, to: string): string => `
for namespace in $(ls /run/netns); do
  ip netns exec "$namespace" ip -o -4 address | grep -q ' ${from}/' || continue
  ip netns exec "$namespace" ping -q -M do -s 1372 -c 3 -i 0.2 -W 2 ${to}
  exit
done
echo 'no pod has ${from}' >&2
exit 9`;

/** What flannel has on a host: unit, files, interfaces, routes by other hosts, a line each. */
const flannel = `
ls -d /run/flannel/subnet.env /etc/kube-flannel /etc/kubernetes/flannel.conf /etc/systemd/system/flanneld.service /opt/cni/bin/flannel /run/cni/flannel /opt/kubernetes/bin/flannel-* 2>/dev/null
ls /sys/class/net | grep flannel
ip route | grep '^10\\.[0-9.]*/24 via '
systemctl is-active flanneld | grep -v inactive`;

describe("pods on different hosts, without a route on the network between them", () => {
  let lab: Lab;
  let stack: Stack;
  beforeAll(async () => {
    ({ lab, stack } = await readyStack());
    await setRouting(lab.name, false);
  });
  afterAll(async () => {
    await setRouting(lab.name, true);
    stack.configure();
    expectSuccess(await stack.up());
  });

  const nodes = (): string[] => lab.hosts.map(({ name }) => name);
  const onAll = (script: string): Promise<string[]> =>
    Promise.all(nodes().map(async (name) => (await lab.exec(name, script)).stdout.trim()));

  /** From each pod to each of another host, whether packets come there and back. */
  async function reached({ pods }: Workload): Promise<Record<string, boolean>> {
    const pairs = nodes().flatMap((from) => nodes().map((to) => [from, to] as const));
    const answers = pairs
      .filter(([from, to]) => from !== to)
      .map(async ([from, to]) => {
        const { code } = await lab.exec(from, ping(pods[from]?.address ?? "", pods[to]?.address ?? ""));
        return [`${from} -> ${to}`, code === 0] as const;
      });
    return Object.fromEntries(await Promise.all(answers));
  }

  async function withWorkload(check: (workload: Workload) => Promise<void>): Promise<void> {
    const client = kubectlOf(lab);
    const workload = await startWorkload(client, nodes());
    await check(workload);
    await stopWorkload(client);
  }

  const all = (answer: boolean): Record<string, boolean> =>
    Object.fromEntries(
      nodes().flatMap((from) => nodes().flatMap((to) => (from === to ? [] : [[`${from} -> ${to}`, answer]]))),
    );

  test("do not reach each other by bridge alone", async () => {
    await withWorkload(async (workload) => expect(await reached(workload)).toEqual(all(false)));
  });

  test.each(["vxlan", "host-gw"])(
    "reach each other by flannel's backend %s, Services and the kubelets too",
    async (backend) => {
      stack.configure((config) => Object.assign(config, { cniMode: "flannel", flannelBackend: backend }));
      expectSuccess(await stack.up());
      const addresses = Object.fromEntries(lab.hosts.map(({ name, address }) => [name, address]));
      await withWorkload(async (workload) => {
        expect(await reached(workload)).toEqual(all(true));
        const answers = await checkWorkload(kubectlOf(lab), workload, addresses);
        // The caller's own address is kept between nodes.
        expect(answers[0]?.answer).toContain(`client=${Object.values(workload.pods)[0]?.address}:`);
      });
      const links = await onAll("ls /sys/class/net | grep flannel");
      expect(links).toEqual(nodes().map(() => (backend === "vxlan" ? "flannel.1" : "")));
      await expectAsConfigured(lab, stack);
    },
  );

  test("and get back what is lost of it", async () => {
    stack.configure((config) => Object.assign(config, { cniMode: "flannel" }));
    expectSuccess(await stack.up());
    const [host = ""] = nodes();
    await lab.exec(host, "ip link delete flannel.1; rm /run/flannel/subnet.env");
    const { output } = expectSuccess(await stack.up({ refresh: true }));
    expect(output).toContain(`${host}-flannel`);
    expect((await lab.exec(host, "ls /sys/class/net/flannel.1 /run/flannel/subnet.env")).code).toBe(0);
    await withWorkload(async (workload) => expect(await reached(workload)).toEqual(all(true)));
    await expectAsConfigured(lab, stack);
  });

  test("leave nothing of flannel behind where bridge comes back, and routes with it", async () => {
    for (const found of await onAll(flannel)) expect(found).not.toBe("");
    await setRouting(lab.name, true);
    stack.configure();
    expectSuccess(await stack.up());
    expect(await onAll(flannel)).toEqual(nodes().map(() => ""));
    const annotations = await kubectl(kubectlOf(lab), [
      "get",
      "nodes",
      "-o",
      "jsonpath={.items[*].metadata.annotations}",
    ]);
    expect(annotations).not.toContain("flannel.alpha.coreos.com");
    const objects = await kubectl(kubectlOf(lab), ["get", "clusterroles,clusterrolebindings", "-o", "name"]);
    expect(objects).not.toContain(":flannel");
    await withWorkload(async (workload) => expect(await reached(workload)).toEqual(all(true)));
    await expectAsConfigured(lab, stack);
  });
});
