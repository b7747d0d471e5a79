import { scriptText } from "../../host/scriptText";
import { cniCleanup, containerdHealth, paths, renderCniConflistTemplate } from "../../render";
import { Sandbox, shells } from "../support/sandbox";

const template = (mtu: number, ipFamilies = 1) =>
  renderCniConflistTemplate({ ipFamilies, kubeProxyMode: "nftables", mtu });
const rendered = (mtu: number) => template(mtu).replace("{{index .PodCIDRRanges 0}}", "10.2.3.0/24");
const result = (netns: string) => `{"kind":"cniCacheV1","ifName":"eth0","netns":"${netns}","result":{}}`;

describe.each(shells)("the pods' network under %s", (_name, shell) => {
  let host: Sandbox;
  beforeEach(() => {
    host = new Sandbox().clock().units("active").command("ip").command("nft");
  });
  afterEach(() => host.remove());

  describe("before containerd's health is asked, the conflist", () => {
    const refresh = () => host.run(scriptText(containerdHealth({ cniMode: "bridge", holdSeconds: 0 })), shell);
    beforeEach(() => {
      host.command("ctr").command("containerd", `echo "conf_template = '${paths.cniTemplate}'"`);
    });

    test("is made anew from a changed template with the ranges that are there", () => {
      host.file(paths.cniTemplate, template(1400)).file(paths.cniConflist, rendered(1500));
      expect(refresh()).toMatchObject({ status: 0, stderr: "" });
      expect(host.read(paths.cniConflist)).toBe(rendered(1400));
      expect(host.list(paths.cniConfDirectory)).toEqual(["10-containerd-net.conflist"]);
    });

    test("is left alone before containerd wrote the first one", () => {
      host.file(paths.cniTemplate, template(1400)).directory(paths.cniConfDirectory);
      expect(refresh().status).toBe(0);
      expect(host.list(paths.cniConfDirectory)).toEqual([]);
    });

    test("is left to containerd where the template asks for a range more", () => {
      host.file(paths.cniTemplate, template(1400, 2)).file(paths.cniConflist, rendered(1500));
      expect(refresh().status).toBe(0);
      expect(host.list(paths.cniConfDirectory)).toEqual([]);
    });

    test("of another network gives ours no range", () => {
      const other = rendered(1500).replace('"kubernetes-worker-nodes"', '"containerd-net"');
      host.file(paths.cniTemplate, template(1400)).file(paths.cniConflist, other);
      expect(refresh().status).toBe(0);
      expect(host.read(paths.cniConflist)).toBe(other);
    });
  });

  describe("its clean-up", () => {
    const run = () => host.run(scriptText(cniCleanup()), shell);
    const tables = ["kubernetes-worker-nodes", "cni_hostport"].flatMap((table) =>
      ["ip", "ip6"].map((family) => `nft delete table ${family} ${table}`),
    );

    test("removes conflist and masquerade rules also where no pod ever was", () => {
      host.file(paths.cniConflist, rendered(1500));
      const { status, stderr, calls } = run();
      expect({ status, stderr, calls }).toEqual({ status: 0, stderr: "", calls: tables });
      expect(host.list(paths.cniConfDirectory)).toEqual([]);
    });

    test("removes what is ours; another network's configuration, state and host ports stay", () => {
      host
        .directory("/sys/class/net/cni0/brif")
        .file(paths.cniConflist, rendered(1500))
        .file(
          "/etc/cni/net.d/87-other.conflist",
          '{ "name": "other", "plugins": [{ "type": "bridge", "bridge": "br1" }] }',
        )
        .file("/run/cni/networks/kubernetes-worker-nodes/10.2.0.2", "")
        .file("/var/lib/cni/results/kubernetes-worker-nodes-abc-eth0", result("/var/run/netns/cni-abc"))
        .file("/var/lib/cni/results/cni-loopback-abc-lo", "")
        .file("/var/lib/cni/results/cni-loopback-def-lo", "")
        .file("/var/lib/cni/results/other-def-eth0", result("/var/run/netns/cni-def"))
        .file("/var/run/netns/cni-abc", "")
        .file("/var/run/netns/cni-def", "")
        .file(paths.probeNamespace, "")
        .command("umount");
      const { status, stderr, calls } = run();
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      expect(calls.filter((call) => /^(ip link|umount)/.test(call))).toEqual([
        `umount ${paths.probeNamespace}`,
        "umount /var/run/netns/cni-abc",
        "ip link delete cni0",
      ]);
      expect(calls.filter((call) => call.startsWith("nft"))).toEqual(tables.slice(0, 2));
      expect(host.list("/var/run/netns")).toEqual(["cni-def"]);
      expect(host.has("/run/netns")).toBe(false);
      expect(host.list("/etc/cni/net.d")).toEqual(["87-other.conflist"]);
      expect(host.list("/var/lib/cni/results")).toEqual(["cni-loopback-def-lo", "other-def-eth0"]);
      expect(host.has("/run/cni")).toBe(false);
    });

    test.each([
      ["of nobody we know", () => host.file(paths.cniConflist, "{}"), ""],
      [
        "that another configuration names",
        () => host.file("/etc/cni/net.d/20-x.conf", '{ "type": "bridge", "bridge": "cni0" }'),
        "another network uses it: /etc/cni/net.d/20-x.conf",
      ],
      [
        "that is flannel's default",
        () => host.file("/etc/cni/net.d/20-x.conf", '{ "type": "flannel" }'),
        "another network uses it: /etc/cni/net.d/20-x.conf",
      ],
      [
        "that another network's pods are in",
        () => host.file("/var/lib/cni/results/x-1-eth0", '{"result":{"interfaces":[{"name":"cni0"}]}}'),
        "another network uses it: /var/lib/cni/results/x-1-eth0",
      ],
      [
        "with an address of another range",
        () => host.command("ip", 'case "$*" in *address*) echo "5: cni0 inet 10.88.0.1/16 scope global cni0" ;; esac'),
        "its address is not of the pods' range of this Node",
      ],
      ["with a pod in it", () => host.file("/sys/class/net/cni0/brif/veth1", ""), "pods are still plugged into it"],
    ])("leaves a bridge cni0 %s", (_case, change, reason) => {
      host.directory("/sys/class/net/cni0/brif").file(paths.cniConflist, rendered(1500));
      change();
      const { status, stderr, calls } = run();
      expect(status).toBe(0);
      expect(stderr).toBe(reason === "" ? "" : `the interface cni0 stays, ${reason}\n`);
      expect(calls.filter((call) => call.startsWith("ip link"))).toEqual([]);
    });

    test("removes the bridge with its own address", () => {
      host.directory("/sys/class/net/cni0/brif").file(paths.cniConflist, rendered(1500));
      host.command("ip", 'case "$*" in *address*) echo "5: cni0 inet 10.2.3.1/24 scope global cni0" ;; esac');
      expect(run().calls).toContain("ip link delete cni0");
    });

    test("leaves what a pod uses that still runs", () => {
      const noted = "/var/lib/cni/results/kubernetes-worker-nodes-abc-eth0";
      host
        .file(paths.cniConflist, rendered(1500))
        .file(noted, result("/var/run/netns/cni-abc"))
        .file("/run/cni/networks/kubernetes-worker-nodes/10.2.3.2", "")
        .file("/var/run/netns/cni-abc", "")
        .sameFile("/proc/42/ns/net", "/var/run/netns/cni-abc");
      expect(run()).toMatchObject({ status: 0, stderr: "/var/run/netns/cni-abc stays, processes run in it\n" });
      for (const path of [noted, "/run/cni/networks/kubernetes-worker-nodes/10.2.3.2"])
        expect(host.has(path)).toBe(true);
      expect(host.has(paths.cniConflist)).toBe(false);
    });

    test("leaves a conflist of containerd's name that is another network's", () => {
      host.file(paths.cniConflist, '{ "name": "containerd-net" }');
      expect(run().status).toBe(0);
      expect(host.has(paths.cniConflist)).toBe(true);
    });
  });
});
