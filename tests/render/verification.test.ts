import { scriptText } from "../../host/scriptText";
import { paths, verification, type ProxyMode, type VerificationArgs } from "../../render";
import { Sandbox, shells } from "../support/sandbox";

/** curl that answers these URLs. */
const curl = (...urls: string[]) =>
  `for url; do :; done; case $url in ${urls.map((url) => `http://${url}) echo ok ;;`).join(" ")} *) exit 22 ;; esac`;
const healthy = ["127.0.0.1:10248/healthz", "127.0.0.1:10256/livez"];
/** Of a host that has nothing to send them with: they have a test of their own. */
const noPackets = "packets:\nnone are sent: bash is not there\n";
const conflist = (...subnets: string[]) =>
  `{ "name": "kubernetes-worker-nodes",\n${subnets.map((subnet) => ` "subnet": "${subnet}"\n`).join("")} }\n`;

/** As nft prints it, of a Service with one endpoint, with several, and with session affinity. */
const nftTable = `table ip kube-proxy {
	map service-ips {
		type ipv4_addr . inet_proto . inet_service : verdict
		elements = { 10.1.0.7 . udp . 53 : goto service-AAAAAAAA-kube-system/dns/udp/dns,
			     10.1.0.8 . tcp . 80 comment "x" : goto service-BBBBBBBB-default/web/tcp/,
			     10.1.0.1 . tcp . 443 : goto service-2QRHZV4L-default/kubernetes/tcp/https }
	}
	chain service-AAAAAAAA-kube-system/dns/udp/dns {
		meta l4proto udp dnat to 10.2.0.9:53
	}
	chain service-BBBBBBBB-default/web/tcp/ {
		numgen random mod 1 vmap { 0 : goto endpoint-CCCCCCCC-default/web/tcp/__10.2.0.4/8080 }
	}
	chain service-2QRHZV4L-default/kubernetes/tcp/https {
		ip daddr 10.1.0.1 tcp dport 443 ip saddr != 10.2.0.0/16 jump mark-for-masquerade
		meta l4proto tcp dnat ip to numgen random mod 2 map { 0 : 10.0.0.10 . 6443, 1 : 10.0.0.11 . 6443 }
	}
}
`;
const iptablesRules = `-N KUBE-SERVICES
-A KUBE-SERVICES -d 10.1.0.8/32 -p tcp -m comment --comment "default/web: cluster IP" -m tcp --dport 80 -j KUBE-SVC-A
-A KUBE-SERVICES -d 10.1.0.1/32 -p tcp -m comment --comment "default/kubernetes:https cluster IP" -m tcp --dport 443 -j KUBE-SVC-X
-A KUBE-SVC-A -m comment --comment "default/web: -> 10.2.0.4:8080" -j KUBE-SEP-Y
-A KUBE-SVC-X -m comment --comment "default/kubernetes:https -> 10.0.0.10:6443" -m statistic --mode random --probability 0.5 -j KUBE-SEP-Z
-A KUBE-SVC-X -m comment --comment "default/kubernetes:https -> 10.0.0.11:6443" -j KUBE-SEP-W
`;
const ipvsTable = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
TCP  10.1.0.8:80 rr
  -> 10.2.0.4:8080                Masq    1      0          0
TCP  10.1.0.1:443 rr
  -> 10.0.0.10:6443               Masq    1      0          0
  -> 10.0.0.11:6443               Masq    1      2          0
`;

describe.each(shells)("verification under %s", (_name, shell) => {
  let host: Sandbox;
  beforeEach(() => {
    host = new Sandbox()
      .clock()
      .units("active")
      .command("curl", curl(...healthy))
      .command("nft")
      .command("date", "echo 2026-01-02T03:04:05Z")
      .file(paths.cniConflist, conflist("10.2.3.0/24"));
  });
  afterEach(() => host.remove());

  const endpoints = "10.1.0.1:443=10.0.0.10:6443,10.0.0.11:6443";
  /** Looks as the program does, which says where the Service kubernetes is to lead. */
  const runFor = (kubeProxyMode: VerificationArgs["kubeProxyMode"], service = endpoints, ranges = "") =>
    host.run(
      `set -- '${service}' '${ranges}'\n${scriptText(verification({ kubeProxyMode, cniMode: "bridge", clusterCIDR: "10.2.0.0/16" }))}`,
      shell,
    );
  const script = (clusterCIDR = "10.2.0.0/16") =>
    scriptText(verification({ kubeProxyMode: "nftables", cniMode: "bridge", clusterCIDR }));
  const run = (clusterCIDR?: string) => host.run(script(clusterCIDR), shell);

  test("says what it saw and when", () => {
    expect(run()).toMatchObject({
      status: 0,
      stdout: `2026-01-02T03:04:05Z: containerd, kubelet and kube-proxy (nftables) are active and healthy\n${noPackets}`,
      stderr: "",
    });
    expect(host.run(script(), shell).calls).toContain("date -u +%Y-%m-%dT%H:%M:%SZ");
  });

  const ofModes: [mode: ProxyMode, command: string, name: string][] = [
    [
      "nftables",
      `case "$*" in 'list table ip kube-proxy') cat <<'END'\n${nftTable}END\n ;; esac`,
      " default/kubernetes:https",
    ],
    ["iptables", `case "$*" in *'nat -S') cat <<'END'\n${iptablesRules}END\n ;; esac`, " default/kubernetes:https"],
    ["ipvs", `cat <<'END'\n${ipvsTable}END`, " rr"],
  ];
  const tools = { nftables: "nft", iptables: "iptables", ipvs: "ipvsadm" };

  test.each(ofModes)("in mode %s prints the rules, that of the Service kubernetes first", (mode, command, name) => {
    host
      .command(tools[mode], command)
      .directory("/sys/class/net/kube-ipvs0")
      .file("/proc/net/ip_vs", "TCP  0A010001\n");
    const { status, stdout, stderr } = runFor(mode);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const [first = "", second, ...rules] = stdout.trim().split("\n");
    expect(first).toContain(`kube-proxy (${mode}) are active and healthy`);
    expect(second).toBe("Service kubernetes 10.1.0.1:443 -> 10.0.0.10:6443 10.0.0.11:6443");
    const at = rules.indexOf(`TCP  10.1.0.1:443${name}`);
    const backends = rules.slice(at + 1, at + 3).map((line) => line.split(/\s+/).slice(1, 3).join(" "));
    expect(backends).toEqual(["-> 10.0.0.10:6443", "-> 10.0.0.11:6443"]);
  });

  test.each(ofModes)("in mode %s refuses rules that lead elsewhere than to the API servers", (mode, command) => {
    host
      .command(tools[mode], command)
      .directory("/sys/class/net/kube-ipvs0")
      .file("/proc/net/ip_vs", "TCP  0A010001\n");
    host.clock({}, 10);
    expect(runFor(mode, "10.1.0.1:443=10.0.0.10:6443").stderr).toBe(
      "verification: the rules send the Service kubernetes (10.1.0.1:443) to 10.0.0.10:6443 10.0.0.11:6443, its endpoints are 10.0.0.10:6443; see journalctl -u kube-proxy \n",
    );
    host.file("/proc/uptime", "100.00 0\n");
    expect(runFor(mode, "10.1.0.9:443=10.0.0.10:6443").stderr).toContain(
      "(10.1.0.9:443) to nowhere, its endpoints are",
    );
  });

  test("of many Services prints the first, and says how to see all", () => {
    const many = Array.from({ length: 60 }, (_, index) => `TCP  10.1.1.${index}:80 rr\n`).join("");
    host.command("ipvsadm", `cat <<'END'\n${ipvsTable}${many}END`);
    host.directory("/sys/class/net/kube-ipvs0").file("/proc/net/ip_vs", "TCP  0A010001\n");
    const [seen = ""] = runFor("ipvs").stdout.split(`\n${noPackets}`);
    const lines = seen.split("\n");
    expect(lines).toHaveLength(43);
    expect(lines.at(-1)).toBe("... and 28 lines more; see ipvsadm -ln on the host");
  });

  test("without a kube-proxy of ours asks for none", () => {
    host.command("systemctl", 'case "$*" in *kube-proxy*) exit 3 ;; is-active*) echo active ;; esac');
    expect(runFor("none", "")).toMatchObject({
      status: 0,
      stdout: `2026-01-02T03:04:05Z: containerd and kubelet are active and healthy\n${noPackets}`,
    });
  });

  test("looks at the node's own proxy to the API servers where there is one", () => {
    host
      .command("systemctl", 'case "$*" in *kube-apiserver-proxy*) exit 3 ;; is-active*) echo active ;; esac')
      .clock({}, 30);
    const script = verification({ kubeProxyMode: "none", cniMode: "none", clusterCIDR: "", apiServerProxy: true });
    const { status, stderr } = host.run(scriptText(script), shell);
    expect([status, stderr]).toEqual([1, expect.stringContaining("kube-apiserver-proxy is unknown, must be active")]);
  });

  test.each([
    ["a stopped unit", () => host.units("inactive"), "kubelet is inactive, must be active; see journalctl -u kubelet"],
    [
      "a unit that is not enabled",
      () => host.command("systemctl", "case $1 in is-active) echo active ;; *) exit 1 ;; esac"),
      "kube-proxy does not start at boot; see systemctl status kube-proxy",
    ],
    [
      "a kubelet without answer",
      () => host.command("curl", curl()),
      "kubelet does not answer 200 at http://127.0.0.1:10248/healthz; see journalctl -u kubelet",
    ],
    [
      "missing rules",
      () => host.command("nft", "exit 1"),
      "kube-proxy has no rules in the kernel; see journalctl -u kube-proxy",
    ],
    [
      "no network",
      () => host.file(paths.cniConflist, "{}"),
      `${paths.cniConflist} was not written from ${paths.cniTemplate}; see journalctl -u containerd`,
    ],
  ])("%s is told after half a minute, once, with where to look", (_case, change, expected) => {
    change();
    host.clock({}, 10);
    const { status, stderr, calls } = run();
    expect(status).toBe(1);
    expect(stderr.split(`verification: ${expected}`)).toHaveLength(2);
    expect(calls.filter((call) => call.startsWith("sleep"))).toHaveLength(3);
  });

  test("waits for a kube-proxy that has ended itself and comes back", () => {
    host.units("inactive").clock({ 103: "echo active >/run/state" });
    expect(run()).toMatchObject({ status: 0, stderr: "" });
  });

  test.each([
    ["10.2.0.0/16", ["10.2.3.0/24"], true],
    ["10.2.0.0/16", ["10.3.3.0/24"], false],
    ["10.2.0.0/16", ["10.0.0.0/8"], false],
    ["10.2.128.0/17", ["10.2.128.0/24"], true],
    ["10.2.128.0/17", ["10.2.127.0/24"], false],
    ["0.0.0.0/0", ["192.168.1.0/24"], true],
    ["10.2.0.0/16,fd00:2::/48", ["10.2.3.0/24", "fd00:2:0:7::/64"], true],
    ["10.2.0.0/16,fd00:2::/48", ["10.2.3.0/24", "fd00:2:1::/64"], false],
    ["fd00:2::/44", ["FD00:2:f:1::/64"], true],
    ["fd00:2::/44", ["fd00:2:10::/64"], false],
    ["10.2.0.0/16", ["fd00:2::/64"], false],
    ["fd00::/8", ["10.2.3.0/24"], false],
  ])("clusterCIDR %s has %j: %s", (clusterCIDR, subnets, inside) => {
    host.file(paths.cniConflist, conflist(...subnets)).clock({}, 30);
    const { status, stderr } = run(clusterCIDR);
    expect(status).toBe(inside ? 0 : 1);
    if (!inside) {
      expect(stderr).toMatch(
        /^verification: the pods' range \S+ is not inside clusterCIDR \(.*\), so that their way out would not be masqueraded; set clusterCIDR .*; see \/etc/,
      );
    }
  });

  // Found on real hosts: a Node that was deleted and came back had another range than the network of its pods.
  test.each([
    ["10.2.3.0/24", 0],
    ["10.2.7.0/24", 1],
  ])("compares the pods' network with the ranges of the Node, %s", (ranges, status) => {
    const result = runFor("none", "", ranges);
    expect(result.status).toBe(status);
    expect(result.stderr.includes(`the pods' network has 10.2.3.0/24 and the Node has ${ranges}`)).toBe(status === 1);
  });
});
