import { preflightScript, type PreflightArgs } from "../../render";
import { Sandbox, shells } from "../support/sandbox";

const args: PreflightArgs = {
  kubernetesVersion: "1.37.2",
  arch: "amd64",
  kubeProxyMode: "nftables",
  cniMode: "bridge",
};

describe.each(shells)("preflight under %s", (_name, shell) => {
  let host: Sandbox;
  let closeSocket: () => void;

  beforeEach(async () => {
    host = new Sandbox();
    host
      .directory("/run/systemd/system")
      .directory("/opt")
      .directory("/var/lib")
      .file("/proc/1/comm", "systemd\n")
      .file("/proc/swaps", "Filename\tType\tSize\tUsed\tPriority\n")
      .file("/proc/net/tcp", tcp([]))
      .file("/sys/fs/cgroup/cgroup.controllers", "cpu memory\n")
      .file("/etc/os-release", 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\n')
      .file("/etc/resolv.conf", "nameserver 10.0.0.1\n")
      .file("/etc/containerd/config.toml", 'version = 3\nimports = ["/etc/containerd/conf.d/*.toml"]\n')
      .command("uname", uname("6.12.1-amd64"))
      .command("id", "echo 0")
      .command("df", "echo header; echo '/dev/vda1 9999999 1 8388608 1% /'")
      .command("containerd", "echo containerd github.com/containerd/containerd/v2 v2.1.4 abcdef")
      .command("nft", "echo 'nftables v1.1.3 (Commodore Bullmoose #4)'")
      .command("systemctl", "exit 3");
    for (const command of ["apt-get", "mount", "tar"]) {
      host.command(command);
    }
    closeSocket = await host.socket("/run/containerd/containerd.sock");
  });

  afterEach(() => {
    closeSocket();
    host.remove();
  });

  test("a fit host gives one line of facts, the same each time", () => {
    const first = host.run(preflightScript(args), shell);
    expect(first).toMatchObject({ status: 0, stderr: "" });
    expect(first.stdout).toBe(
      "Debian GNU/Linux 13 (trixie), kernel 6.12.1-amd64, x86_64, containerd 2.1.4, cgroup v2\n",
    );
    expect(host.run(preflightScript(args), shell).stdout).toBe(first.stdout);
  });

  const swap = "Filename Type Size Used Priority\n/dev/sda2 partition 1 0 -2\n/swap file 1 0 -3\n";
  const rows: [name: string, change: (host: Sandbox) => unknown, expected: string, more?: Partial<PreflightArgs>][] = [
    [
      "an ordinary user",
      (h) => h.command("id", '[ "$1" = -un ] && echo bob || echo 1000').command("sudo", "exit 1"),
      "login user is bob: must be root or use sudo without a password;",
    ],
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
      "kernel is 5.10.0-30-amd64: must be 5.13 or newer for kube-proxy's mode nftables;",
    ],
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
      "a command asked for",
      () => undefined,
      "command curl is missing: must be installed; install it",
      { commands: ["curl"] },
    ],
  ];
  test.each(rows)("%s is refused with rule and fix", (_row, change, expected, more = {}) => {
    change(host);
    const result = host.run(preflightScript({ ...args, ...more }), shell);
    expect(result.stderr).toContain(`preflight: ${expected}`);
    expect(result).toMatchObject({ status: 1, stdout: "" });
    for (const line of result.stderr.trim().split("\n")) {
      expect(line).toMatch(/^preflight: .+ is .+: .+; .+/);
    }
  });

  test("all problems are told at once", () => {
    host.file("/proc/swaps", swap).file("/proc/1/comm", "tini\n").file("/etc/resolv.conf", "nameserver 127.0.0.53\n");
    expect(host.run(preflightScript(args), shell).stderr.trim().split("\n")).toHaveLength(3);
  });

  test("what the settings allow is not refused", () => {
    host.file("/proc/swaps", swap).command("uname", uname("5.10.0"));
    const kubeletConfiguration = { failSwapOn: false, failCgroupV1: false };
    expect(
      host.run(preflightScript({ ...args, kubeProxyMode: "iptables", kubeletConfiguration }), shell),
    ).toMatchObject({ status: 0, stderr: "" });
  });

  test("a port that our own running unit has is no problem", () => {
    host.file("/proc/net/tcp", tcp([10250, 10256])).command("systemctl", "exit 0");
    expect(host.run(preflightScript(args), shell)).toMatchObject({ status: 0, stderr: "" });
  });

  test("a missing command is left to the package manager, if there is one", () => {
    const withIptables = { ...args, kubeProxyMode: "iptables" } as const;
    expect(host.run(preflightScript(withIptables), shell).status).toBe(0);
    expect(host.without("apt-get").run(preflightScript(withIptables), shell).stderr).toBe(
      "preflight: command iptables is missing: must be installed, there is no package manager I know; install it by hand\n",
    );
  });
});

/** /proc/net/tcp with listeners on the ports, and a connection that is none. */
function tcp(ports: number[]): string {
  const line = (port: number, state: string) =>
    `   0: 00000000:${port.toString(16).toUpperCase().padStart(4, "0")} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000 0 0 1\n`;
  return "  sl  local_address rem_address   st\n" + line(10256, "06") + ports.map((port) => line(port, "0A")).join("");
}

function uname(release: string, machine = "x86_64"): string {
  return `case $1 in -s) echo Linux ;; -m) echo ${machine} ;; -r) echo ${release} ;; esac`;
}
