import { certificateDigests } from "../../base/certificateDigests";
import { scriptText } from "../../host/scriptText";
import { containerdLook, kubeletLook, kubeProxyLook, paths, renderCniConflistTemplate } from "../../render";
import { kubeletKubeconfig, pemOf } from "../support/certificates";
import { Sandbox, shells } from "../support/sandbox";

const server = "https://10.0.0.10:6443";
const ca = pemOf("our CA");
const certificate = "/var/lib/kubelet/pki/kubelet-client-current.pem";
const template = renderCniConflistTemplate({ ipFamilies: 1, kubeProxyMode: "nftables" });
const conflist = template.replace("{{index .PodCIDRRanges 0}}", "10.2.3.0/24");

type Row = [name: string, change: (host: Sandbox) => unknown, line: string];

describe.each(shells)("a look for drift under %s", (_name, shell) => {
  let host: Sandbox;
  beforeEach(() => {
    host = new Sandbox()
      .units("active", "NeedDaemonReload=no\n")
      .command("nft", "echo masquerade")
      .command("containerd", "echo containerd github.com/containerd/containerd/v2 v2.1.4 abcdef")
      .file("/proc/swaps", "Filename Type Size Used Priority\n")
      .file(paths.kubeletKubeconfig, kubeletKubeconfig(server, ca))
      .file(certificate, "certificate")
      .file(paths.containerdConfig, 'version = 3\nimports = ["/etc/containerd/conf.d/*.toml"]\n')
      .file(paths.containerdDropIn, "")
      .file(paths.cniTemplate, template)
      .file(paths.cniConflist, conflist)
      .directory(paths.staticPods);
    for (const plugin of ["bridge", "host-local", "loopback", "portmap"]) host.file(`/opt/cni/bin/${plugin}`, "");
  });
  afterEach(() => host.remove());

  const look = {
    kubelet: kubeletLook({
      cniMode: "bridge",
      server,
      caSha256: certificateDigests(ca),
      clusterCIDR: "10.2.0.0/16,fd00:2::/48",
    }),
    "kube-proxy": kubeProxyLook({ mode: "nftables" }),
    containerd: containerdLook({ cniMode: "bridge" }),
  };
  const lines = (service: keyof typeof look) => {
    const { status, stdout, stderr } = host.run(scriptText(look[service]), shell);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    return stdout.split("\n").filter((line) => line !== "");
  };

  test.each(["kubelet", "kube-proxy", "containerd"] as const)("at %s sees nothing where nothing is", (service) => {
    expect(lines(service)).toEqual([]);
  });

  test.each(["kubelet", "kube-proxy", "containerd"] as const)("at %s sees its unit", (service) => {
    const unit = `${service}.service`;
    host
      .file(`/etc/systemd/system/${unit}.d/10-proxy.conf`, "[Service]\nEnvironment=A=b\n")
      .file(`/run/systemd/system/${unit}.d/50-other.conf`, "[Service]\nExecStart=/bin/x\n")
      .command(
        "systemctl",
        "case $1 in is-active) echo active ;; is-enabled) echo masked ;; show) echo NeedDaemonReload=yes ;; esac",
      );
    expect(lines(service)).toEqual([
      `fault|${unit} is masked`,
      `fault|systemd runs ${unit} by an older text than the files have`,
      `foreign|/etc/systemd/system/${unit}.d/10-proxy.conf is a drop-in of ${unit}`,
      `foreign|/run/systemd/system/${unit}.d/50-other.conf replaces ExecStart of ${unit}; remove it, or mask it: ln -s /dev/null /etc/systemd/system/${unit}.d/50-other.conf`,
    ]);
  });

  test("takes a drop-in for many services as masked where one of its name for this unit leads nowhere", () => {
    const [all, masked] = ["/etc/systemd/system/service.d/x.conf", "/etc/systemd/system/kubelet.service.d/x.conf"];
    host.file(all, "[Service]\nExecStart=/bin/x\n");
    expect(lines("kubelet")).toEqual([
      expect.stringMatching(`^foreign.${all} replaces ExecStart .*/dev/null ${masked}$`),
    ]);
    host.link(masked, "/dev/null");
    expect(lines("kubelet")).toEqual([]);
  });

  const kubelet: Row[] = [
    ["a missing kubeconfig", (h) => h.delete(paths.kubeletKubeconfig), `fault|${paths.kubeletKubeconfig} is gone`],
    [
      "another API server",
      (h) => h.file(paths.kubeletKubeconfig, kubeletKubeconfig("https://10.0.0.9:6443", ca)),
      `fault|${paths.kubeletKubeconfig} has the API server https://10.0.0.9:6443, not ${server}`,
    ],
    [
      "an API server with control characters",
      (h) => h.file(paths.kubeletKubeconfig, kubeletKubeconfig("\u001b[2Jx\u0007", ca)),
      `fault|${paths.kubeletKubeconfig} has the API server [2Jx, not ${server}`,
    ],
    [
      "another CA",
      (h) => h.file(paths.kubeletKubeconfig, kubeletKubeconfig(server, pemOf("x"))),
      `fault|${paths.kubeletKubeconfig} trusts another CA than caCertPem`,
    ],
    [
      "a missing certificate",
      (h) => h.delete(certificate),
      `fault|the kubelet's client certificate ${certificate} is gone`,
    ],
    [
      "an expired certificate",
      (h) =>
        h.command("openssl", 'case "$*" in *checkend*) exit 1 ;; *) echo notAfter=Jan 1 00:00:00 2026 GMT ;; esac'),
      `fault|the kubelet's client certificate ${certificate} has ended (notAfter=Jan 1 00:00:00 2026 GMT)`,
    ],
    [
      "a flushed table",
      (h) => h.command("nft", 'case "$*" in *"chain ip "*) exit 1 ;; *) echo masquerade ;; esac'),
      "fault|nftables table ip kubernetes-worker-nodes is gone (a firewall's reload?)",
    ],
    ["a missing conflist", (h) => h.delete(paths.cniConflist), `fault|${paths.cniConflist} is gone`],
    [
      "swap",
      (h) => h.file("/proc/swaps", "Filename Type\n/swap file 1 0 -3\n"),
      "foreign|swap is on (/swap), the kubelet will not start again; run swapoff -a and take it out of /etc/fstab",
    ],
    [
      "a static pod",
      (h) => h.file(`${paths.staticPods}/x.yaml`, ""),
      `foreign|${paths.staticPods} has files that are not ours: x.yaml`,
    ],
  ];
  test.each(kubelet)("at the kubelet sees %s", (_case, change, line) => {
    change(host);
    expect(lines("kubelet")).toEqual([line]);
  });

  test("at kube-proxy sees rules that a firewall flushed", () => {
    host.command("nft", "exit 1");
    expect(lines("kube-proxy")).toEqual([
      "fault|the rules of kube-proxy are gone from the kernel (a firewall's reload?)",
    ]);
  });

  test("at kube-proxy sees what it left of another mode", () => {
    host.command("nft", 'case "$*" in *kube-proxy*) ;; *) exit 1 ;; esac').directory("/sys/class/net/kube-ipvs0");
    host
      .command("iptables", 'case "$*" in *"nat -n -L KUBE-NODEPORTS") ;; *) exit 1 ;; esac')
      .command("ip6tables", "exit 1");
    expect(lines("kube-proxy")).toEqual([
      "fault|of another mode of kube-proxy this is left: iptables nat KUBE-NODEPORTS,interface kube-ipvs0",
    ]);
  });

  const containerd: Row[] = [
    [
      "a downgrade",
      (h) => h.command("containerd", "echo containerd github.com/containerd/containerd 1.7.24~ds1"),
      "foreign|containerd is version 1.7.24~ds1, must be 2.0 or newer; upgrade it",
    ],
    [
      "that it is gone",
      (h) => h.without("containerd"),
      "foreign|containerd is missing; install containerd 2.0 or newer",
    ],
    [
      "imports taken out",
      (h) => h.file(paths.containerdConfig, "version = 3\n"),
      `foreign|${paths.containerdConfig} does not import ${paths.containerdDropIns}/*.toml; add imports = ["${paths.containerdDropIns}/*.toml"]`,
    ],
    [
      "another drop-in",
      (h) => h.file(`${paths.containerdDropIns}/99-nvidia.toml`, ""),
      `foreign|${paths.containerdDropIns} has files that are not ours: 99-nvidia.toml`,
    ],
    [
      "a changed conflist",
      (h) => h.file(paths.cniConflist, conflist.replace('"cni0"', '"cni1"')),
      `fault|${paths.cniConflist} is not what ${paths.cniTemplate} makes`,
    ],
    [
      "another network's conflist",
      (h) => h.file(paths.cniConflist, conflist.replace('"kubernetes-worker-nodes"', '"containerd-net"')),
      `foreign|${paths.cniConflist} is of another network, so that the pods of this node are in that one; remove it and restart the kubelet`,
    ],
    [
      "other networks, also of an odd name",
      (h) =>
        h.file(`${paths.cniConfDirectory}/87-podman.conflist`, "").file(`${paths.cniConfDirectory}/a\nfault|b`, ""),
      `foreign|${paths.cniConfDirectory} has files that are not ours: 87-podman.conflist a fault|b`,
    ],
    [
      "other plugins",
      (h) => h.file("/opt/cni/bin/dhcp", "").file("/opt/cni/bin/calico", "").file("/opt/cni/bin/.bridge.new", ""),
      "foreign|/opt/cni/bin has files that are not ours: calico dhcp",
    ],
  ];
  test.each(containerd)("at containerd sees %s", (_case, change, line) => {
    change(host);
    expect(lines("containerd")).toEqual([line]);
  });

  test("leaves networks and plugins of others to them where the network is theirs", () => {
    host
      .delete(paths.cniConflist)
      .file("/opt/cni/bin/calico", "")
      .file(`${paths.cniConfDirectory}/10-calico.conflist`, "");
    host.command("nft", "exit 1");
    const scripts = [
      kubeletLook({ cniMode: "none", server, caSha256: [], clusterCIDR: "10.2.0.0/16" }),
      containerdLook({ cniMode: "none" }),
    ];
    for (const script of scripts) expect(host.run(scriptText(script), shell).stdout).not.toMatch(/fault|foreign/);
  });
});
