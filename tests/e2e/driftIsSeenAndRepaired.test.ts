import type { Lab } from "../../lab/lab";
import { kubectl } from "../../lab/hosts/workload";
import { fingerprint } from "../support/hostFingerprint";
import { kubectlOf, nodesOf } from "../support/labOfTests";
import type { Stack } from "../support/stack";
import { expectSuccess, readyStack } from "../support/stack";

/** Every kind of thing that is ours on a host, changed by hand. */
const vandalism = `
sed -i 's/^maxPods:.*/maxPods: 7/; $a maxPods: 7' /var/lib/kubelet/config.yaml
chmod 0644 /etc/kubernetes/kube-proxy.conf
systemctl disable --now kube-proxy
sysctl -q -w net.ipv4.ip_forward=0
rm /etc/sysctl.d/99-kubernetes-worker-nodes.conf
echo broken >/opt/cni/bin/portmap
`;

describe("a host that was changed by hand", () => {
  let lab: Lab;
  let stack: Stack;
  let host: string;
  beforeAll(async () => {
    ({ lab, stack } = await readyStack());
    host = lab.hosts[0]?.name ?? "";
  });

  test("is seen by a refresh, thing by thing, and the other host is not touched by the repair", async () => {
    const others = lab.hosts.slice(1);
    const before = await Promise.all(others.map(({ name }) => fingerprint(lab, name)));
    expect((await lab.exec(host, vandalism)).code).toBe(0);
    await kubectl(kubectlOf(lab), ["label", "node", host, "node-role.kubernetes.io/worker-"]);

    const { output } = expectSuccess(await stack.start("refresh", "--diff", "--skip-preview").ended);
    const shown = output.split("\n").map((line) => line.trim().replace(/ +/g, " "));
    expect(shown).toEqual(
      expect.arrayContaining([
        "+ maxPods : 7",
        "~ /etc/kubernetes/kube-proxy.conf: {",
        "~ active : true => false",
        "~ enabled : true => false",
        '~ net.ipv4.ip_forward: "1" => "0"',
        "- /etc/sysctl.d/99-kubernetes-worker-nodes.conf: {",
        '- [3]: "portmap"',
        '- node-role.kubernetes.io/worker: ""',
      ]),
    );
    expectSuccess(await stack.up());
    expect(await Promise.all(others.map(({ name }) => fingerprint(lab, name)))).toEqual(before);
  });

  test("and is as the stack says again", async () => {
    const { stdout } = await lab.exec(
      host,
      "systemctl is-active kube-proxy; systemctl is-enabled kube-proxy; sysctl -n net.ipv4.ip_forward; grep -c maxPods /var/lib/kubelet/config.yaml; " +
        "stat -c %a /etc/kubernetes/kube-proxy.conf; test -s /etc/sysctl.d/99-kubernetes-worker-nodes.conf && echo kept; stat -c %s /opt/cni/bin/portmap",
    );
    expect(stdout.split("\n").slice(0, 6)).toEqual(["active", "enabled", "1", "0", "600", "kept"]);
    expect(Number(stdout.split("\n")[6])).toBeGreaterThan(1_000_000);
    expect((await nodesOf(lab)).find(({ name }) => name === host)?.labels).toMatchObject({
      "node-role.kubernetes.io/worker": "",
    });
    expectSuccess(await stack.up({ refresh: true, expectNoChanges: true }));
  });
});
