import type { Lab } from "../../lab/lab";
import { kubectl } from "../../lab/hosts/workload";
import { fingerprint } from "../support/hostFingerprint";
import { kubectlOf, nodesOf } from "../support/labOfTests";
import { expectAsConfigured } from "../support/settled";
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
chmod 4755 /opt/kubernetes/bin/*/kubelet
rm /var/lib/kubernetes-worker-nodes/kubelet.service.owned
nft delete table ip kubernetes-worker-nodes
mkdir -p /etc/systemd/system/kubelet.service.d
printf '[Service]\\nNice=1\\n' >/etc/systemd/system/kubelet.service.d/theirs.conf
echo '{}' >/etc/cni/net.d/99-theirs.conflist
`;

/** What is not ours and stays, taken away again. */
const tidiedUp =
  "rm -rf /etc/systemd/system/kubelet.service.d /etc/cni/net.d/99-theirs.conflist; systemctl daemon-reload";

describe("a host that was changed by hand", () => {
  let lab: Lab;
  let stack: Stack;
  let host: string;
  beforeAll(async () => {
    ({ lab, stack } = await readyStack());
    host = lab.hosts[0]?.name ?? "";
  });
  // Other stories begin with hosts of their own.
  afterAll(() => lab.exec(host, tidiedUp));

  test("is seen by a refresh, thing by thing, and the other host is not touched by the repair", async () => {
    const others = lab.hosts.slice(1);
    const before = await Promise.all(others.map(({ name }) => fingerprint(lab, name)));
    expect((await lab.exec(host, vandalism)).code).toBe(0);
    await kubectl(kubectlOf(lab), ["label", "node", host, "node-role.kubernetes.io/worker-"]);
    await kubectl(kubectlOf(lab), ["cordon", host]);

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
    for (const words of [
      "/kubelet has mode and owner 4755 root:root",
      "/var/lib/kubernetes-worker-nodes/kubelet.service.owned, the list of what is ours, is gone",
      "nftables table ip kubernetes-worker-nodes is gone",
      "/etc/systemd/system/kubelet.service.d/theirs.conf",
      "/etc/cni/net.d has files that are not ours: 99-theirs.conflist",
      `Node ${host} is cordoned`,
    ]) {
      expect(output).toContain(words);
    }
    expectSuccess(await stack.up());
    expect(await Promise.all(others.map(({ name }) => fingerprint(lab, name)))).toEqual(before);
  });

  test("and is as the stack says again", async () => {
    const { stdout } = await lab.exec(
      host,
      "systemctl is-active kube-proxy; systemctl is-enabled kube-proxy; sysctl -n net.ipv4.ip_forward; grep -c maxPods /var/lib/kubelet/config.yaml; " +
        "stat -c %a /etc/kubernetes/kube-proxy.conf; test -s /etc/sysctl.d/99-kubernetes-worker-nodes.conf && echo kept; " +
        "stat -c %a /opt/kubernetes/bin/*/kubelet; nft list table ip kubernetes-worker-nodes >/dev/null && echo masqueraded; " +
        "grep -xF 'd /etc/kubernetes' /var/lib/kubernetes-worker-nodes/kubelet.service.owned; stat -c %s /opt/cni/bin/portmap",
    );
    const seen = stdout.split("\n");
    expect(seen.slice(0, 9)).toEqual([
      "active",
      "enabled",
      "1",
      "0",
      "600",
      "kept",
      "755",
      "masqueraded",
      "d /etc/kubernetes",
    ]);
    expect(Number(seen[9])).toBeGreaterThan(1_000_000);
    expect((await nodesOf(lab)).find(({ name }) => name === host)?.labels).toMatchObject({
      "node-role.kubernetes.io/worker": "",
    });
    expectSuccess(await stack.up({ refresh: true, expectNoChanges: true }));
    expect((await lab.exec(host, `ls /etc/cni/net.d/99-theirs.conflist && ${tidiedUp}`)).code).toBe(0);
    await kubectl(kubectlOf(lab), ["uncordon", host]);
  });

  // Row 12 of the faults.
  test("with a restart by hand after the edit, has its process read what the stack says again", async () => {
    const edit = "sed -i '$a maxPods: 7' /var/lib/kubelet/config.yaml && systemctl restart kubelet";
    expect((await lab.exec(host, edit)).code).toBe(0);
    expectSuccess(await stack.up({ refresh: true }));
    await expectAsConfigured(lab, stack);
    const path = `/api/v1/nodes/${host}/proxy/configz`;
    expect(await kubectl(kubectlOf(lab), ["get", "--raw", path])).not.toContain('"maxPods":7,');
  });

  // Row 9.
  test("whose Node was deleted, registers again by the next up with a refresh", async () => {
    await kubectl(kubectlOf(lab), ["delete", "node", host]);
    expectSuccess(await stack.up({ refresh: true }));
    await expectAsConfigured(lab, stack);
  });
});
