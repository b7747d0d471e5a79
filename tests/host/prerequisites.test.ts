import { moduleTable } from "../../base/kernelModules";
import { remoteScript } from "../../host/remoteScript";
import { Sandbox, shells } from "../support/sandbox";

const nothing = { packages: [], modules: [], sysctls: [], files: [], dropped: [], known: [], made: [] };
const prepare = (values: Record<string, string[]>): string =>
  remoteScript({ name: "test", file: "prerequisitesApply", values: { ...nothing, ...values } });
const loadModules = (modules: string[]): string => prepare({ modules: moduleTable(modules) });
const setParameters = (values: Record<string, string>): string =>
  prepare({ sysctls: Object.entries(values).map(([name, value]) => `${name}=${value}`) });

describe.each(shells)("preparing a host under %s", (_name, shell) => {
  let host: Sandbox;
  beforeEach(() => {
    host = new Sandbox().command("uname", "echo 6.1.0");
  });
  afterEach(() => host.remove());

  describe("kernel modules", () => {
    test("loads only what is neither loaded nor built in", () => {
      host
        .directory("/sys/module/overlay")
        .file("/proc/sys/net/netfilter/nf_conntrack_max", "1\n")
        .file("/lib/modules/6.1.0/modules.builtin", "kernel/drivers/net/dummy.ko\n")
        .command("modprobe");
      const result = host.run(loadModules(["overlay", "nf_conntrack", "dummy", "br_netfilter"]), shell);
      expect(result).toMatchObject({ status: 0, stderr: "" });
      expect(result.calls.filter((call) => call.startsWith("modprobe"))).toEqual(["modprobe br_netfilter"]);
    });

    test("passes in a container without modprobe, whose kernel has all", () => {
      host.file("/proc/filesystems", "nodev\toverlay\n").file("/boot/config-6.1.0", "CONFIG_IP_VS_RR=y\n");
      host.file("/proc/sys/net/bridge/bridge-nf-call-iptables", "1\n");
      expect(host.run(loadModules(["overlay", "br_netfilter", "ip_vs_rr"]), shell)).toMatchObject({
        status: 0,
        stderr: "",
      });
    });

    test("names every module that is missing, with the fix", () => {
      host.command("modprobe", 'echo "FATAL: Module $1 not found" >&2; exit 1');
      const { status, stderr } = host.run(loadModules(["br_netfilter", "overlay"]), shell);
      expect(status).toBe(1);
      expect(stderr.trim().split("\n")).toEqual([
        expect.stringMatching(/kernel module br_netfilter .*\(FATAL: Module br_netfilter not found\); install/),
        expect.stringMatching(/kernel module overlay /),
      ]);
    });
  });

  describe("kernel parameters", () => {
    const values = { "net.ipv4.ip_forward": "1", "net.bridge.bridge-nf-call-iptables": "1" };

    test("are written where they differ", () => {
      host
        .file("/proc/sys/net/ipv4/ip_forward", "0\n")
        .file("/proc/sys/net/bridge/bridge-nf-call-iptables", "1\n", 0o444);
      expect(host.run(setParameters(values), shell)).toMatchObject({ status: 0, stderr: "" });
      expect(host.read("/proc/sys/net/ipv4/ip_forward")).toBe("1\n");
    });

    test("that the kernel does not have are named", () => {
      host.file("/proc/sys/net/ipv4/ip_forward", "0\n");
      const { status, stderr } = host.run(setParameters(values), shell);
      expect(status).toBe(1);
      expect(stderr).toMatch(
        /^sysctl: net.bridge.bridge-nf-call-iptables is missing: must be 1 [^]*; load the kernel module/,
      );
      expect(host.read("/proc/sys/net/ipv4/ip_forward")).toBe("1\n");
    });
  });

  describe("packages", () => {
    const commands = ["mount", "nft", "iptables", "ipset", "ipvsadm"];
    const script = prepare({ packages: commands.map((command) => `${Array(4).fill(command).join(" ")} -`) });
    const install = (name: string) =>
      `for c in iptables ipset ipvsadm; do echo '#!/bin/sh' >"$(dirname "$0")/$c"; chmod +x "$(dirname "$0")/$c"; done; : ${name}`;
    beforeEach(() => void host.command("mount").command("nft"));

    test("runs nothing where nothing is missing", () => {
      host.command("iptables").command("ipset").command("ipvsadm").command("apt-get", "exit 1");
      expect(host.run(script, shell)).toMatchObject({ status: 0, calls: [] });
    });

    test.each([
      ["apt-get", "apt-get -q -y -o DPkg::Lock::Timeout=120 install --no-install-recommends iptables ipset ipvsadm"],
      ["dnf", "dnf -q -y --setopt=install_weak_deps=False install iptables ipset ipvsadm"],
      ["yum", "yum -q -y install iptables ipset ipvsadm"],
      ["zypper", "zypper --quiet --non-interactive install --no-recommends iptables ipset ipvsadm"],
    ])("installs only the missing ones with %s", (manager, call) => {
      host.command(manager, install(manager));
      expect(host.run(script, shell)).toMatchObject({ status: 0, stderr: "", calls: [call] });
    });

    test("asks apt for new lists only after it failed with those it has", () => {
      host
        .command(
          "apt-get",
          `case "$*" in *update*) : >/var/updated ;; *) [ -e /var/updated ] || exit 100; ${install("x")} ;; esac`,
        )
        .directory("/var");
      const { status, calls } = host.run(script, shell);
      expect(status).toBe(0);
      expect(calls.map((call) => call.replace(/.*(install|update).*/, "$1"))).toEqual(["install", "update", "install"]);
    });

    test("a manager's questions do not eat what comes after in the script", () => {
      host.command("dnf", "cat >/dev/null");
      expect(host.run(script, shell).stderr).toContain("command iptables is still missing");
    });

    describe("that start a unit by themselves", () => {
      const haproxy = prepare({ packages: ["haproxy haproxy haproxy haproxy haproxy.service"] });
      const brought = `echo '#!/bin/sh' >"$(dirname "$0")/haproxy"; chmod +x "$(dirname "$0")/haproxy"`;
      beforeEach(() => void host.command("systemctl"));
      const units = (calls: string[]): string[] => calls.filter((call) => call.startsWith("systemctl"));

      test("are kept from it, now and at the next boot", () => {
        host.command("apt-get", brought);
        const { status, calls } = host.run(haproxy, shell);
        expect([status, calls.map((call) => call.split(" ").slice(0, 2).join(" "))]).toEqual([
          0,
          ["systemctl mask", "apt-get -q", "systemctl unmask", "systemctl disable"],
        ]);
        expect(units(calls)).toEqual([
          "systemctl mask --quiet --runtime haproxy.service",
          "systemctl unmask --quiet --runtime haproxy.service",
          "systemctl disable --quiet haproxy.service",
        ]);
      });

      test("leave nothing masked where they cannot be installed", () => {
        host.command("apt-get", "exit 100");
        const { status, calls } = host.run(haproxy, shell);
        expect(status).toBe(1);
        expect(units(calls)).toContain("systemctl unmask --quiet --runtime haproxy.service");
      });

      test("are their owner's where the command was there", () => {
        host.command("haproxy").command("apt-get");
        expect(host.run(haproxy, shell)).toMatchObject({ status: 0, calls: [] });
      });
    });

    test("shows what a manager that failed has said", () => {
      host.command("dnf", "echo no mirror answers >&2; exit 1");
      expect(host.run(script, shell).stderr).toContain("no mirror answers\npackages: ");
    });

    test.each([
      [
        "no manager is there",
        () => undefined,
        "commands iptables ipset ipvsadm are missing and no apt-get, dnf, yum or zypper is there;",
      ],
      [
        "the manager fails",
        () => host.command("dnf", "exit 1"),
        "commands iptables ipset ipvsadm could not be installed",
      ],
      [
        "its package lacks the command",
        () => host.command("dnf"),
        "command iptables is still missing after its package was installed;",
      ],
    ])("says so when %s", (_case, change, expected) => {
      change();
      const { status, stderr } = host.run(script, shell);
      expect(status).toBe(1);
      expect(stderr).toContain(`packages: ${expected}`);
    });
  });
});
