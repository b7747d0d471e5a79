import { scriptText } from "../../host/scriptText";
import { preflight, type PreflightArgs } from "../../render";
import { makeFit, tcp, uname } from "../support/fitHost";
import { Sandbox, shells } from "../support/sandbox";

const args: PreflightArgs = {
  kubernetesVersion: "1.37.2",
  arch: "amd64",
  kubeProxyMode: "nftables",
  cniMode: "bridge",
};

/** A kernel of which all modules can be seen, and these are there. */
function withModules(host: Sandbox, ...modules: string[]): void {
  host
    .file("/lib/modules/6.12.1-amd64/modules.dep", "")
    .command("modprobe", `case " ${modules.join(" ")} " in *" $3 "*) [ "$1 $2" = "-n -q" ] ;; *) exit 1 ;; esac`);
}
const ordinary = ["br_netfilter", "nf_conntrack", "overlay", "nf_tables", "xt_addrtype"];
const ofIptables = ["xt_comment", "xt_conntrack", "xt_mark", "xt_statistic"];
const ofIpvs = ["dummy", "ip_set", "ip_vs", "ip_vs_rr", "xt_set"];

type Row = [name: string, change: (host: Sandbox) => unknown, expected: string, more?: Partial<PreflightArgs>];

const missing = (mode: string): string =>
  `neither loaded, built in nor to be found: must be there for kubeProxyMode ${mode};`;
const missingModules: Row[] = [
  [
    "a kernel without bridges' packets in iptables",
    (h) => withModules(h, ...ordinary.slice(1)),
    "kernel module br_netfilter is neither loaded, built in nor to be found: must be there; install the kernel's module package",
  ],
  [
    "a kernel without nftables",
    (h) => withModules(h, ...ordinary.filter((name) => name !== "nf_tables")),
    `kernel module nf_tables is ${missing("nftables")}`,
  ],
  [
    "a kernel without xtables",
    (h) => withModules(h, ...ordinary),
    `kernel module xt_comment is ${missing("iptables")}`,
    { kubeProxyMode: "iptables" },
  ],
  [
    "a kernel without ip_vs",
    (h) => withModules(h, ...ordinary, ...ofIptables, ...ofIpvs.filter((name) => name !== "ip_vs")),
    `kernel module ip_vs is ${missing("ipvs")}`,
    { kubeProxyMode: "ipvs" },
  ],
  [
    "a kernel without the scheduler asked for",
    (h) => withModules(h, ...ordinary, ...ofIptables, ...ofIpvs),
    `kernel module ip_vs_sed is ${missing("ipvs")}`,
    { kubeProxyMode: "ipvs", kubeProxyConfiguration: { ipvs: { scheduler: "sed" } } },
  ],
];

const kubeadmDropIn = "/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf";

describe.each(shells)("preflight under %s", (_name, shell) => {
  let host: Sandbox;
  let closeSocket: () => void;

  beforeEach(async () => {
    host = new Sandbox();
    closeSocket = await makeFit(host);
  });

  afterEach(() => {
    closeSocket();
    host.remove();
  });

  test("a fit host gives one line of facts, the same each time", () => {
    const first = host.run(scriptText(preflight(args)), shell);
    expect(first).toMatchObject({ status: 0, stderr: "" });
    expect(first.stdout).toBe(
      "Debian GNU/Linux 13 (trixie), kernel 6.12.1-amd64, x86_64, containerd 2.1.4, cgroup v2\n",
    );
    expect(host.run(scriptText(preflight(args)), shell).stdout).toBe(first.stdout);
  });

  const swap = "Filename Type Size Used Priority\n/dev/sda2 partition 1 0 -2\n/swap file 1 0 -3\n";
  const rows: Row[] = [
    [
      "another architecture",
      (h) => h.command("uname", uname("6.12.1", "aarch64")),
      "architecture is aarch64: must be x86_64 (amd64);",
    ],
    ["no systemd", (h) => h.file("/proc/1/comm", "tini\n"), "init system is tini: must be a running systemd;"],
    [
      "containerd 1.x",
      (h) => h.command("containerd", "echo containerd github.com/containerd/containerd 1.7.24~ds1"),
      "containerd is version 1.7.24~ds1: must be 2.0 or newer;",
    ],
    [
      "drop-ins not imported",
      (h) => h.file("/etc/containerd/config.toml", 'version = 3\n# imports = ["/etc/containerd/conf.d/*.toml"]\n'),
      "/etc/containerd/config.toml is without imports of drop-ins: must import /etc/containerd/conf.d/*.toml;",
    ],
    [
      "the CRI plugin disabled",
      (h) =>
        h.file(
          "/etc/containerd/config.toml",
          'imports = [\n  "/etc/containerd/conf.d/*.toml",\n]\ndisabled_plugins = ["cri"]\n',
        ),
      "/etc/containerd/config.toml is with the CRI plugin disabled: must leave it enabled;",
    ],
    [
      "an old kernel",
      (h) => h.command("uname", uname("5.10.0-30-amd64")),
      "kernel is 5.10.0-30-amd64: must be 5.13 or newer for kubeProxyMode nftables;",
    ],
    ...missingModules,
    [
      "an old nft",
      (h) => h.command("nft", "echo 'nftables v0.9.8 (E.D.S.)'"),
      "nft is version 0.9.8: must be 1.0.1 or newer;",
    ],
    [
      "swap",
      (h) => h.file("/proc/swaps", swap),
      "swap is on (/dev/sda2 /swap): must be off, the kubelet refuses to start;",
    ],
    [
      "a taken port",
      (h) =>
        h
          .file("/proc/net/tcp", tcp([10250]))
          .command("ss", `echo 'LISTEN 0 9 *:10250 *:* users:(("k3s-agent",pid=9,fd=3))'`),
      "port 10250 is in use by k3s-agent: must be free for kubelet;",
    ],
    [
      "a taken port that an override moved to",
      (h) => h.file("/proc/net/tcp", tcp([10350])),
      "port 10350 is in use by another process: must be free for kubelet;",
      { kubeletConfiguration: { port: 10350 } },
    ],
    [
      "resolved's stub",
      (h) => h.file("/etc/resolv.conf", "nameserver 127.0.0.53\n"),
      "/etc/resolv.conf is systemd-resolved's own address: must name servers that pods can reach;",
    ],
    [
      "a missing resolv.conf",
      () => undefined,
      "/etc/nowhere is missing: must exist, pods get it;",
      { kubeletConfiguration: { resolvConf: "/etc/nowhere" } },
    ],
    [
      "a full disk",
      (h) => h.command("df", "echo header; echo '/dev/vda1 9999999 1 1024 99% /'"),
      "free space in /opt is 1 MiB: must be 1 GiB or more;",
    ],
    [
      "another network of containerd's name",
      (h) => h.file("/etc/cni/net.d/10-containerd-net.conflist", '{ "name": "containerd-net" }'),
      "/etc/cni/net.d/10-containerd-net.conflist is the network of somebody else: must not be there with cniMode bridge;",
    ],
    [
      "a drop-in that runs another kubelet",
      (h) => h.file(kubeadmDropIn, "[Service]\nExecStart=\nExecStart=/usr/bin/kubelet\n"),
      `${kubeadmDropIn} is a drop-in that replaces ExecStart of kubelet.service: must not be there; remove it, or mask it: ln -s /dev/null /etc/systemd/system/kubelet.service.d/10-kubeadm.conf`,
    ],
    [
      "a drop-in for all services that runs another program",
      (h) => h.file("/etc/systemd/system/service.d/x.conf", "[Service]\n ExecStart = /bin/x\n"),
      "/etc/systemd/system/service.d/x.conf is a drop-in that replaces ExecStart of kube-proxy.service:",
    ],
    [
      "a command asked for",
      () => undefined,
      "command curl is missing: must be installed; install it",
      { commands: ["curl"] },
    ],
  ];
  test.each(rows)("%s is refused with rule and fix", (_row, change, expected, more = {}) => {
    change(host);
    const result = host.run(scriptText(preflight({ ...args, ...more })), shell);
    expect(result.stderr).toContain(`preflight: ${expected}`);
    expect(result).toMatchObject({ status: 1, stdout: "" });
    for (const line of result.stderr.trim().split("\n")) {
      expect(line).toMatch(/^preflight: .+ is .+: .+; .+/);
    }
  });

  test("all problems are told at once", () => {
    host.file("/proc/swaps", swap).file("/proc/1/comm", "tini\n").file("/etc/resolv.conf", "nameserver 127.0.0.53\n");
    expect(
      host
        .run(scriptText(preflight(args)), shell)
        .stderr.trim()
        .split("\n"),
    ).toHaveLength(3);
  });

  test("what the settings allow is not refused", () => {
    host.file("/proc/swaps", swap).command("uname", uname("5.10.0"));
    const kubeletConfiguration = { failSwapOn: false, failCgroupV1: false };
    expect(
      host.run(scriptText(preflight({ ...args, kubeProxyMode: "iptables", kubeletConfiguration })), shell),
    ).toMatchObject({ status: 0, stderr: "" });
  });

  test("a kernel that could load what the mode needs is not refused, nor one of which nothing can be seen", () => {
    const ipvs = scriptText(preflight({ ...args, kubeProxyMode: "ipvs" }));
    expect(host.run(ipvs, shell)).toMatchObject({ status: 0, stderr: "" });
    withModules(host, ...ordinary, ...ofIptables, ...ofIpvs);
    expect(host.run(ipvs, shell)).toMatchObject({ status: 0, stderr: "" });
  });

  test("the health port of another system's kube-proxy is no problem with kubeProxyMode none", () => {
    host.file("/proc/net/tcp", tcp([10256]));
    expect(host.run(scriptText(preflight(args)), shell).status).toBe(1);
    const none = scriptText(preflight({ ...args, kubeProxyMode: "none" }));
    expect(host.run(none, shell)).toMatchObject({ status: 0, stderr: "" });
  });

  test("a port that our own running unit has is no problem", () => {
    host.file("/proc/net/tcp", tcp([10250, 10256])).command("systemctl", "exit 0");
    expect(host.run(scriptText(preflight(args)), shell)).toMatchObject({ status: 0, stderr: "" });
  });

  test("drop-ins that replace nothing are told; masked ones and the distribution's for all services are not", () => {
    const adds = "[Service]\nEnvironment=A=b\n";
    host
      .file("/etc/systemd/system/kubelet.service.d/20-proxy.conf", adds)
      .file("/usr/lib/systemd/system/service.d/10-timeout.conf", adds)
      .file(kubeadmDropIn, "[Service]\nExecStart=/usr/bin/kubelet\n")
      .link("/etc/systemd/system/kubelet.service.d/10-kubeadm.conf", "/dev/null");
    const { status, stdout, stderr } = host.run(`claimed=yes\n${scriptText(preflight(args))}`, shell);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(
      /^foreign\|\/etc\/systemd\/system\/kubelet\.service\.d\/20-proxy\.conf is a drop-in of kubelet\.service\nDebian/,
    );
  });

  test("a missing command is left to the package manager, if there is one", () => {
    const withIptables = { ...args, kubeProxyMode: "iptables" } as const;
    expect(host.run(scriptText(preflight(withIptables)), shell).status).toBe(0);
    expect(host.without("apt-get").run(scriptText(preflight(withIptables)), shell).stderr).toBe(
      "preflight: command iptables is missing: must be installed, there is no package manager I know; install it by hand\n",
    );
  });
});
