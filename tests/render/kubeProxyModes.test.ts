import { scriptText } from "../../host/scriptText";
import { kubeProxyCleanup, kubeProxyTidy, type ProxyMode } from "../../render";
import { Sandbox, shells } from "../support/sandbox";

/** What a host's kernel has, and what takes it away; `/run/rules` has one line a rule or chain, "TABLE LINE". */
const iptables = `
table=filter; while [ $# -gt 0 ]; do case $1 in -t) table=$2 ;; -S) op=list ;; -L) op=chain chain=$2 ;; esac; shift; done
case \${op:-} in
  list) sed -n "s/^$table //p" /run/rules ;;
  chain) grep -qx -- "$table -N $chain" /run/rules ;;
esac`;
const restore = `
while read -r line; do
  echo "$line" >>/run/restored
  case $line in
    '*'*) table=\${line#?} ;;
    '-D '*) gone="$table -A \${line#-D }" ;;
    '-F '*) sed "/^$table -A \${line#-F } /d" /run/rules >/run/rules.new; mv /run/rules.new /run/rules; continue ;;
    '-X '*) gone="$table -N \${line#-X }" ;;
    *) continue ;;
  esac
  grep -vxF -- "\${gone:-none}" /run/rules >/run/rules.new; mv /run/rules.new /run/rules
done`;

const kubelets = ["nat -N KUBE-KUBELET-CANARY", "filter -N KUBE-FIREWALL", "filter -A INPUT -j KUBE-FIREWALL"];
const shared = [
  "nat -N KUBE-SERVICES",
  "nat -N KUBE-POSTROUTING",
  'nat -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
  "filter -N KUBE-FORWARD",
  "filter -N KUBE-PROXY-FIREWALL",
];
const ofIptables = [
  "nat -N KUBE-NODEPORTS",
  "nat -N KUBE-SVC-A",
  "nat -N KUBE-SEP-B",
  "nat -A KUBE-SVC-A -j KUBE-SEP-B",
  "filter -N KUBE-NODEPORTS",
  "filter -N KUBE-EXTERNAL-SERVICES",
  'filter -A INPUT -m comment --comment "kubernetes health check service ports" -j KUBE-NODEPORTS',
  'filter -A INPUT -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL',
  "mangle -N KUBE-PROXY-CANARY",
];
const ofIpvs = [
  "nat -N KUBE-NODE-PORT",
  "nat -N KUBE-LOAD-BALANCER",
  "filter -N KUBE-NODE-PORT",
  "filter -N KUBE-IPVS-FILTER",
  "filter -A INPUT -j KUBE-IPVS-FILTER",
  'filter -A INPUT -m comment --comment "kube-proxy firewall rules" -j KUBE-PROXY-FIREWALL',
];

/** ipvs with a Service, a node port and a virtual server of somebody else. */
function withIpvs(host: Sandbox): void {
  host
    .directory("/sys/class/net/kube-ipvs0")
    .file("/run/sets", "KUBE-CLUSTER-IP\nKUBE-NODE-PORT-TCP\nmine\n")
    .command(
      "ipset",
      `case $1 in list) cat /run/sets ;; save) echo 'create KUBE-NODE-PORT-TCP bitmap:port range 0-65535'; echo 'add KUBE-NODE-PORT-TCP 30080' ;;
      destroy) grep -vx "$2" /run/sets >/run/sets.new; mv /run/sets.new /run/sets ;; esac`,
    )
    .command(
      "ip",
      `case "$*" in *address*) echo '5: kube-ipvs0    inet 10.1.0.1/32 scope global kube-ipvs0'; echo '5: kube-ipvs0    inet6 fd00:1::1/128 scope global' ;; *delete*) rmdir /sys/class/net/kube-ipvs0 ;; esac`,
    )
    .command(
      "ipvsadm",
      `[ "$1" != --save ] || cat <<'END'
-A -t 10.1.0.1:443 -s rr
-a -t 10.1.0.1:443 -r 10.0.0.10:6443 -m -w 1
-A -u [fd00:1::1]:53 -s rr
-A -t 10.0.0.11:30080 -s rr
-A -t 10.0.0.100:443 -s wlc
-A -f 7 -s rr
END`,
    );
}

describe.each(shells)("what kube-proxy leaves of other modes, under %s", (_name, shell) => {
  let host: Sandbox;
  beforeEach(() => {
    host = new Sandbox().command("iptables", iptables).command("iptables-restore", restore);
  });
  afterEach(() => host.remove());
  const rules = (...lines: string[][]): unknown => host.file("/run/rules", `${lines.flat().join("\n")}\n`);
  const left = (): string[] => host.read("/run/rules").trim().split("\n");
  const run = (script: Parameters<typeof scriptText>[0]) => host.run(scriptText(script), shell);
  const tidy = (mode: ProxyMode) => run(kubeProxyTidy({ mode }));

  test("is nothing where it always ran in one mode: only looked at", () => {
    rules(kubelets, shared, ofIptables);
    expect(tidy("iptables")).toMatchObject({ status: 0, stderr: "" });
    expect(left()).toEqual([...kubelets, ...shared, ...ofIptables]);
    expect(host.has("/run/restored")).toBe(false);
  });

  test("of ipvs goes from iptables: chains, sets, interface, and of the virtual servers its own", () => {
    rules(kubelets, shared, ofIptables, ofIpvs);
    withIpvs(host);
    const { status, stderr, calls } = tidy("iptables");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(left()).toEqual([...kubelets, ...shared, ...ofIptables]);
    expect(host.read("/run/sets")).toBe("mine\n");
    expect(host.has("/sys/class/net/kube-ipvs0")).toBe(false);
    expect(calls.filter((call) => call.includes("delete-service"))).toEqual([
      "ipvsadm --delete-service -t 10.1.0.1:443",
      "ipvsadm --delete-service -u [fd00:1::1]:53",
      "ipvsadm --delete-service -t 10.0.0.11:30080",
    ]);
  });

  test("of iptables goes from ipvs, which has chains of the same names", () => {
    const ofBoth = "filter -N KUBE-SERVICES";
    rules(kubelets, shared, [ofBoth], ofIptables, ofIpvs);
    withIpvs(host);
    const { status, stderr, calls } = tidy("ipvs");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(left()).toEqual([...kubelets, ...shared, ...ofIpvs]);
    expect(calls.filter((call) => /delete|destroy/.test(call))).toEqual([]);
  });

  test("of nftables goes from both", () => {
    rules(kubelets, shared, ofIptables);
    host
      .file("/run/tables", "ip kube-proxy\nip kubernetes-worker-nodes\n")
      .command(
        "nft",
        `case $1 in list) grep -qx "$3 $4" /run/tables ;; delete) grep -vx "$3 $4" /run/tables >/run/tables.new; mv /run/tables.new /run/tables ;; esac`,
      );
    expect(tidy("nftables").status).toBe(0);
    expect(host.read("/run/tables")).toBe("ip kube-proxy\nip kubernetes-worker-nodes\n");
    rules(kubelets, shared, ofIptables);
    expect(tidy("iptables").status).toBe(0);
    expect(host.read("/run/tables")).toBe("ip kubernetes-worker-nodes\n");
  });

  test("of both goes from nftables, and with kube-proxy itself", () => {
    for (const script of [kubeProxyTidy({ mode: "nftables" }), kubeProxyCleanup()]) {
      rules(kubelets, shared, ofIptables, ofIpvs);
      withIpvs(host);
      expect(run(script)).toMatchObject({ status: 0, stderr: "" });
      expect(left()).toEqual(kubelets);
      expect(host.has("/sys/class/net/kube-ipvs0")).toBe(false);
    }
  });

  test("that does not go is told, and fails the change", () => {
    rules(kubelets, shared, ofIptables, ofIpvs);
    withIpvs(host);
    host.command("iptables-restore", "exit 4").command("ip", "exit 1");
    const { status, stderr } = tidy("iptables");
    expect(status).toBe(1);
    expect(stderr).toContain(
      "kube-proxy runs in mode iptables, and of another mode this is left: iptables nat KUBE-NODE-PORT,iptables filter KUBE-NODE-PORT,interface kube-ipvs0\n",
    );
  });

  test("goes on after it was cut off at any point", () => {
    for (let cut = 1; cut < 20; cut++) {
      rules(kubelets, shared, ofIptables, ofIpvs);
      withIpvs(host);
      host.file("/run/count", "0");
      const body = `n=$(($(cat /run/count) + 1)); echo $n >/run/count; [ $n != ${cut} ] || kill -9 0`;
      host.runKilled(
        scriptText(kubeProxyTidy({ mode: "iptables" })),
        shell,
        ["ipvsadm", "iptables-restore", "ipset", "ip"],
        body,
      );
      expect(tidy("iptables")).toMatchObject({ status: 0 });
      expect(left()).toEqual([...kubelets, ...shared, ...ofIptables]);
      expect([host.read("/run/sets"), host.has("/sys/class/net/kube-ipvs0")]).toEqual(["mine\n", false]);
    }
  });
});
