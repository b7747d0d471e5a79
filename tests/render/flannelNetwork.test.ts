import { scriptText } from "../../host/scriptText";
import {
  cniCleanup,
  containerdHealth,
  containerdLook,
  forgetRanges,
  paths,
  renderCniConflistTemplate,
  verification,
} from "../../render";
import { flannelConflist as flannel, flannelSubnets as subnets } from "../support/flannelHost";
import { Sandbox, shells } from "../support/sandbox";

const bridgeTemplate = renderCniConflistTemplate({ ipFamilies: 1, kubeProxyMode: "nftables" });
const bridge = bridgeTemplate.replace("{{index .PodCIDRRanges 0}}", "10.2.3.0/24");

describe.each(shells)("the pods' network with flannel under %s", (_name, shell) => {
  let host: Sandbox;
  beforeEach(() => {
    host = new Sandbox().clock().units("active").command("ip").command("nft").command("ctr");
  });
  afterEach(() => host.remove());
  const run = (script: Parameters<typeof scriptText>[0]) => host.run(scriptText(script), shell);
  const refresh = () => run(containerdHealth({ cniMode: "flannel", holdSeconds: 0 }));
  beforeEach(() => {
    host.command("containerd", `echo "conf_template = '${paths.cniTemplate}'"`);
    host.file(paths.flannelSubnets, subnets);
  });

  test("becomes flannel's, and what its plugin has to know of running pods is noted", () => {
    host
      .file(paths.cniTemplate, flannel)
      .file(paths.cniConflist, bridge)
      .file("/var/lib/cni/results/kubernetes-worker-nodes-abc-eth0", "{}")
      .file("/var/lib/cni/results/other-def-eth0", "{}");
    expect(refresh()).toMatchObject({ status: 0, stderr: "" });
    expect(host.read(paths.cniConflist)).toBe(flannel);
    expect(host.list("/run/cni/flannel")).toEqual(["abc"]);
    expect(JSON.parse(host.read("/run/cni/flannel/abc"))).toEqual({
      cniVersion: "0.4.0",
      name: "kubernetes-worker-nodes",
      type: "bridge",
      bridge: "cni0",
      ipMasq: false,
      ipam: { type: "host-local", dataDir: "/run/cni/networks", ranges: [[{ subnet: "10.2.3.0/24" }]] },
    });
  });

  test.each([
    ["of one family", 1, ["10.2.3.0/24"]],
    ["of both families", 2, ["10.2.3.0/24", "fd00:2:0:3::/64"]],
  ])("becomes that of bridge with the ranges %s that flannel had", (_case, ipFamilies, ranges) => {
    if (ipFamilies === 1) host.file(paths.flannelSubnets, subnets.replace(/^FLANNEL_IPV6.*\n/gm, ""));
    const template = renderCniConflistTemplate({ ipFamilies, kubeProxyMode: "nftables" });
    host.file(paths.cniTemplate, template).file(paths.cniConflist, flannel).file("/run/cni/flannel/abc", "{}");
    expect(refresh().status).toBe(0);
    const made = ranges.reduce((text, range, at) => text.replace(`{{index .PodCIDRRanges ${at}}}`, range), template);
    expect(host.read(paths.cniConflist)).toBe(made);
    expect(host.has("/run/cni/flannel")).toBe(false);
  });

  test("is left to containerd where flannel has no range yet", () => {
    host.file(paths.cniTemplate, bridgeTemplate).file(paths.cniConflist, flannel).delete(paths.flannelSubnets);
    expect(refresh().status).toBe(0);
    expect(host.has(paths.cniConflist)).toBe(false);
  });

  test("is as it is to be with flannel's plugin beside the others", () => {
    host
      .units("active", "NeedDaemonReload=no\n")
      .command("containerd", "echo containerd github.com/containerd/containerd/v2 v2.1.4 abcdef")
      .file(paths.containerdConfig, 'imports = ["/etc/containerd/conf.d/*.toml"]\n')
      .file(paths.cniTemplate, flannel)
      .file(paths.cniConflist, flannel);
    for (const plugin of ["bridge", "host-local", "loopback", "portmap", "flannel"])
      host.file(`/opt/cni/bin/${plugin}`, "");
    expect(run(containerdLook({ cniMode: "flannel" })).stdout).toBe("");
    expect(run(containerdLook({ cniMode: "bridge" })).stdout).toContain(
      "/opt/cni/bin has files that are not ours: flannel",
    );
  });

  test("leaves nothing of what flannel's plugin noted", () => {
    host.file(paths.cniConflist, flannel).file("/run/cni/flannel/abc", "{}").directory("/sys/class/net/cni0/brif");
    expect(run(cniCleanup())).toMatchObject({ status: 0, stderr: "" });
    expect(host.has("/run/cni")).toBe(false);
    expect(host.has(paths.cniConflist)).toBe(false);
  });

  test("forgets the ranges of a Node that is gone", () => {
    host.file(paths.cniConflist, flannel);
    expect(run(forgetRanges()).status).toBe(0);
    expect([host.has(paths.cniConflist), host.has(paths.flannelSubnets)]).toEqual([false, false]);
  });

  test("is verified with the ranges that flanneld has, which are the Node's", () => {
    host.file(paths.cniConflist, flannel).file(paths.cniTemplate, flannel).command("curl").command("nft", "exit 0");
    const look = (ranges: string) =>
      host.run(
        `set -- '' '${ranges}'\n${scriptText(verification({ kubeProxyMode: "none", cniMode: "flannel", clusterCIDR: "10.2.0.0/16,fd00:2::/48" }))}`,
        shell,
      );
    expect(look("10.2.3.0/24,fd00:2:0:3::/64")).toMatchObject({ status: 0, stderr: "" });
    host.clock({}, 10);
    expect(look("10.2.4.0/24,fd00:2:0:3::/64").stderr).toContain(
      "the pods' network has 10.2.3.0/24 fd00:2:0:3::/64 and the Node has 10.2.4.0/24,fd00:2:0:3::/64",
    );
    host.file("/proc/uptime", "100.00 0\n").command("curl", 'case "$*" in *10261*) exit 22 ;; esac');
    expect(look("10.2.3.0/24,fd00:2:0:3::/64").stderr).toContain(
      "verification: flanneld does not answer 200 at http://127.0.0.1:10261/readyz; see journalctl -u flanneld",
    );
  });
});
