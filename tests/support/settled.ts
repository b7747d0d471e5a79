import type { Lab } from "../../lab/lab";
import { nodeObjects } from "./labOfTests";
import { expectSuccess } from "./stack";
import type { Stack } from "./stack";

/** What a host says it is: machine, Node name of the kubelet that runs, and the first line and nodeName of the owner record. */
const identity = `
cat /etc/machine-id
tr '\\0' '\\n' <"/proc/$(systemctl show -p MainPID --value kubelet)/cmdline" 2>/dev/null | sed -n 's/^--hostname-override=/kubelet /p'
sed -n 's/^ *"nodeName": "\\(.*\\)",/owner \\1/p' /var/lib/kubernetes-worker-nodes/owner 2>/dev/null
systemctl is-active kubelet kube-proxy
ls -A /var/lib/kubernetes-worker-nodes 2>/dev/null | grep -c . | sed 's/^/entries /'
sed -n 's/.*"subnet": *"\\(.*\\)".*/pods \\1/p' /etc/cni/net.d/10-containerd-net.conflist 2>/dev/null
find /etc /opt /var/lib/kubelet -xdev \\( -name '.*.old' -o -name '.*.new' -o -name '.*.old-absent' \\) 2>/dev/null | sed 's/^/beside /'
`;

interface HostSettings {
  name: string;
  address: string;
}

/**
 * Asserts that cluster and hosts are what the stack's settings say, and no more: each host that is listed is its Node, Ready, by its
 * own machine-id; every other host of the lab has nothing of ours; there is no other Node; and a run with a refresh has nothing to do.
 */
export async function expectAsConfigured(lab: Lab, stack: Stack): Promise<void> {
  const hosts = stack.setting("hosts") as HostSettings[];
  const nodes = await nodeObjects(lab);
  expect(nodes.map(({ metadata }) => metadata.name).sort()).toEqual(hosts.map(({ name }) => name).sort());
  for (const { name: machine, address } of lab.hosts) {
    const { stdout } = await lab.exec(machine, identity);
    const [machineId = "", ...all] = stdout.trim().split("\n");
    const ranges = all.filter((line) => line.startsWith("pods "));
    const said = all.filter((line) => !line.startsWith("pods "));
    const host = hosts.find((candidate) => candidate.address === address);
    if (host === undefined) {
      expect({ machine, said }).toEqual({ machine, said: ["inactive", "inactive", "entries 0"] });
      continue;
    }
    const { name } = host;
    expect({ machine, said }).toEqual({
      machine,
      said: [`kubelet ${name}`, `owner ${name}`, "active", "active", expect.stringMatching(/^entries \d+$/) as string],
    });
    const node = nodes.find(({ metadata }) => metadata.name === name);
    expect({ name, machineId: node?.status.nodeInfo.machineID }).toEqual({ name, machineId });
    // None where another system makes the pods' network.
    expect({ name, ranges }).toEqual({ name, ranges: ranges.map(() => `pods ${node?.spec.podCIDR}`) });
    expect(node?.status.conditions.find(({ type }) => type === "Ready")?.status).toBe("True");
  }
  expectSuccess(await stack.up({ refresh: true, expectNoChanges: true }));
}
