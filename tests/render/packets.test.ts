import { scriptText } from "../../host/scriptText";
import { paths, verification, type VerificationArgs } from "../../render";
import { bash, good, nft, packetsHost, type Broken } from "../support/packetsHost";
import { shells, type Sandbox } from "../support/sandbox";

const kubernetes = "10.1.0.1:443=10.0.0.10:6443";
const twoPeers = "node-2=10.0.0.12:10250=10.2.1.1,node-3=10.0.0.13:10250=10.2.2.1";

describe.each(shells)("packets under %s", (_name, shell) => {
  let host: Sandbox;
  beforeEach(() => {
    host = packetsHost();
  });
  afterEach(() => host.remove());

  const run = (peers = twoPeers, changes: Partial<VerificationArgs> = {}, seconds = "") => {
    const args = { clusterCIDR: "10.2.0.0/16", clusterDNS: ["10.1.0.2"], ...changes };
    const script = verification({ kubeProxyMode: "nftables", cniMode: "bridge", ...args });
    return host.run(
      `set -- ${kubernetes} 10.2.3.0/24 10.0.0.11:10250 '${peers}' ${seconds}\n${scriptText(script)}`,
      shell,
    );
  };
  /** The lines about packets. */
  const seen = (stdout: string): string[] => stdout.trim().split("packets:\n")[1]?.split("\n") ?? [];

  test("that come through are told hop by hop", () => {
    const { status, stdout, stderr } = run();
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(seen(stdout)).toEqual(good);
  });

  test("are of a pod that the network's own plugin plugs in and out, and of which nothing stays", () => {
    const { calls } = run();
    const told = `cni-verify-node ${paths.probeNamespace} eth0 ${paths.cniBinDirectory}`;
    expect(host.read("/run/plugin")).toBe(`ADD ${told}\nDEL ${told}\n`);
    const { plugins, ...network } = JSON.parse(host.read(paths.cniConflist)) as { plugins: object[] };
    expect(JSON.parse(host.read("/run/told"))).toEqual({ ...network, ...plugins[0] });
    expect(calls).toContain(`unshare --net=${paths.probeNamespace} true`);
    expect(host.has(paths.probeNamespace)).toBe(false);
  });

  test("need no pod that a run which was killed has left", () => {
    host.file(paths.probeNamespace, "");
    expect(run().status).toBe(0);
    expect(host.read("/run/plugin").match(/^[A-Z]+/gm)).toEqual(["DEL", "ADD", "DEL"]);
    expect(host.has(paths.probeNamespace)).toBe(false);
  });

  test("that a firewall keeps from kubelets, as one that lets only API servers to them, are echoes", () => {
    const kept = ["10.2.3.1:10250", "10.0.0.11:10250", "10.2.1.1:10250", "10.2.2.1:10250"];
    const broken = kept.flatMap((at) => [`pod tcp ${at}`, `pod large ${at}`]).map((way) => [way, "silent"]);
    host.command("bash", bash(Object.fromEntries(broken) as Broken)).command("ping");
    const { status, stdout, calls } = run();
    expect(status).toBe(0);
    expect(seen(stdout)).toEqual(good);
    expect(calls).toContain("ping -c 1 -W 1 -M do -s 1372 10.2.1.1");
  });

  const breaks: [what: string, broken: Broken, expected: RegExp][] = [
    [
      "this host and its pods",
      { "host tcp 10.2.3.9:9": "silent" },
      /this host -> its pod 10\.2\.3\.9:9: no answer; usually cni0 is down .*; see ip address show cni0/,
    ],
    [
      "a pod and its host",
      { "pod tcp 10.2.3.1:10250": "silent" },
      /pod 10\.2\.3\.9 -> its host 10\.2\.3\.1:10250: no answer; usually a firewall of this host \(INPUT\)/,
    ],
    [
      "a pod and its node's address",
      { "pod tcp 10.0.0.11:10250": "unreachable" },
      /the address of its node 10\.0\.0\.11:10250: Network is unreachable; usually a firewall/,
    ],
    [
      "the nodes",
      {
        "pod large 10.2.1.1:10250": "silent",
        "pod tcp 10.2.1.1:10250": "silent",
        "pod large 10.2.2.1:10250": "silent",
        "pod tcp 10.2.2.1:10250": "silent",
      },
      /node-2's pods 10\.2\.1\.1: no answer, though its host 10\.0\.0\.12 answers; usually a missing route to them, the FORWARD policy of either host, .*; see ip route get 10\.2\.1\.1; .*\n.*node-3's pods/,
    ],
    [
      "the nodes, of a smaller MTU",
      { "pod large 10.2.1.1:10250": "silent", "pod large 10.2.2.1:10250": "silent" },
      /node-2's pods 10\.2\.1\.1: packets of 1400 bytes get no answer, small ones do; usually a smaller MTU/,
    ],
    [
      "this host and a Service",
      { "host tcp 10.1.0.1:443": "refused" },
      /this host -> Service kubernetes 10\.1\.0\.1:443: refused, though 10\.0\.0\.10:6443 behind it answers; usually rules of kube-proxy .*; see nft list table ip kube-proxy/,
    ],
    [
      "this host and the API servers",
      { "host tcp 10.1.0.1:443": "silent", "host tcp 10.0.0.10:6443": "silent" },
      /nor does what is behind it \(10\.0\.0\.10:6443\); usually a firewall or a missing route .*; see ip route get 10\.0\.0\.10/,
    ],
    [
      "a pod and a Service",
      { "pod tcp 10.1.0.1:443": "silent" },
      /pod 10\.2\.3\.9 -> Service kubernetes 10\.1\.0\.1:443: no answer, though/,
    ],
    [
      "a pod and the cluster's DNS",
      { "pod dns 10.1.0.2:53": "silent" },
      /cluster DNS 10\.1\.0\.2:53: no answer, though 10\.2\.0\.9:53 behind it answers/,
    ],
    [
      "this host and a NodePort",
      { "host tcp 10.0.0.11:30080": "refused" },
      /NodePort of default\/web:http 10\.0\.0\.11:30080: refused, though 10\.2\.0\.4:8080 behind it answers/,
    ],
  ];

  test.each(breaks)("that do not come between %s are named, and the pod is taken away", (_what, broken, expected) => {
    host.command("bash", bash(broken));
    const { status, stdout, stderr } = run();
    expect(status).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toMatch(expected);
    // No other way is called broken.
    expect(stderr.match(/^verification: (?!to look again)/gm)).toHaveLength(
      expected.source.includes("node-3") || "pod large 10.2.2.1:10250" in broken ? 2 : 1,
    );
    expect(stderr).toContain(
      `to look again, on the host: ${paths.verification} '${kubernetes}' '10.2.3.0/24' '10.0.0.11:10250' '${twoPeers}'`,
    );
    expect(host.has(paths.probeNamespace)).toBe(false);
  });

  const told: [what: string, broken: Broken, line: string][] = [
    [
      "other node, where another one answers",
      { "pod large 10.2.1.1:10250": "silent", "pod tcp 10.2.1.1:10250": "silent" },
      "pod 10.2.3.9 -> node-2's pods 10.2.1.1: no answer, though its host 10.0.0.12 answers\n",
    ],
    [
      "other node whose host is down",
      {
        "pod large 10.2.1.1:10250": "silent",
        "pod tcp 10.2.1.1:10250": "silent",
        "host tcp 10.0.0.12:10250": "silent",
      },
      "pod 10.2.3.9 -> node-2's pods 10.2.1.1: not known, its host 10.0.0.12 does not answer either",
    ],
    [
      "Service whose pods do not answer either",
      { "pod dns 10.1.0.2:53": "silent", "pod dns 10.2.0.9:53": "silent" },
      "pod 10.2.3.9 -> cluster DNS 10.1.0.2:53: no answer, nor does what is behind it (10.2.0.9:53)",
    ],
  ];
  test.each(told)("of a silent %s are told and fail nothing", (_what, broken, line) => {
    host.command("bash", bash(broken));
    const { status, stdout, stderr } = run();
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain(line);
  });

  test("to nodes whose hosts are all down fail nothing", () => {
    const silent = (from: "pod" | "host", ...addresses: string[]): Broken => {
      const ways = addresses.flatMap((address) => [`${from} tcp ${address}:10250`, `${from} large ${address}:10250`]);
      return Object.fromEntries(ways.map((way) => [way, "silent"]));
    };
    host.command(
      "bash",
      bash({ ...silent("pod", "10.2.1.1", "10.2.2.1"), ...silent("host", "10.0.0.12", "10.0.0.13") }),
    );
    const { status, stdout } = run();
    expect(status).toBe(0);
    expect(stdout.match(/not known, its host/g)).toHaveLength(2);
  });

  test.each([
    ["iptables", 'echo "-P FORWARD DROP"'],
    [
      "nft",
      `case "$*" in 'list chains') echo ' type filter hook forward priority filter; policy drop;' ;; esac\n${nft}`,
    ],
  ])("say what of this host is in their way, as %s shows it", (tool, command) => {
    host
      .file("/proc/sys/net/ipv4/ip_forward", "0\n")
      .command("iptables", 'echo "-P FORWARD ACCEPT"')
      .command(tool, command)
      .command("bash", bash({ "pod large 10.2.1.1:10250": "silent", "pod tcp 10.2.1.1:10250": "silent" }));
    expect(run("node-2=10.0.0.12:10250=10.2.1.1").stderr).toContain(
      "; here net.ipv4.ip_forward is 0; here the policy of FORWARD is DROP (Docker sets it: iptables -P FORWARD ACCEPT); see",
    );
  });

  test("wait for what comes within half a minute", () => {
    const broken = bash({ "pod large 10.2.1.1:10250": "silent", "pod tcp 10.2.1.1:10250": "silent" });
    host.command("bash", `read -r up _ </proc/uptime; [ "\${up%.*}" -lt 120 ] || exit 0\n${broken}`);
    const { status, calls } = run("node-2=10.0.0.12:10250=10.2.1.1");
    expect(status).toBe(0);
    expect(calls.filter((call) => call.startsWith("sleep"))).toHaveLength(2);
    expect(host.read("/run/plugin").match(/^[A-Z]+/gm)).toEqual(["ADD", "DEL"]);
  });

  test("are waited for no longer than is told", () => {
    host.command("bash", bash({ "pod tcp 10.2.3.1:10250": "silent" }));
    const sleeps = (seconds: string) => run(twoPeers, {}, seconds).calls.filter((call) => call.startsWith("sleep"));
    expect([sleeps("20").length, sleeps("").length]).toEqual([2, 3]);
  });

  test("are none of a pod where the network takes none in, which is told in the plugin's words", () => {
    host.file("/run/full", "");
    const { status, stderr } = run();
    expect(status).toBe(1);
    expect(stderr).toContain(
      "verification: the pods' network takes no pod in: no IP addresses available in range set; see",
    );
    expect(host.has(paths.probeNamespace)).toBe(false);
  });

  test("go from the host alone where another system brings the network, whose Services they do not judge", () => {
    host
      .command("bash", bash({ "host tcp 10.1.0.1:443": "silent" }))
      .command("nft")
      .delete(paths.cniConflist);
    const { status, stdout } = run("", { cniMode: "none", kubeProxyMode: "none" });
    expect(status).toBe(0);
    expect(seen(stdout)).toEqual([
      "this host -> Service kubernetes 10.1.0.1:443: no answer; it is another system's to make Services work",
      "this host -> cluster DNS 10.1.0.2:53: ok",
    ]);
    expect(host.has("/run/plugin")).toBe(false);
  });

  test("are not sent to what the cluster does not have", () => {
    host.command("nft", nft.replaceAll("10.1.0.2 ", "10.1.0.3 ").replace("tcp . 30080", "udp . 30080"));
    const { status, stdout } = run("");
    expect(status).toBe(0);
    expect(seen(stdout)).toEqual([
      ...good.slice(0, 3),
      "pod 10.2.3.9 -> pods of other nodes: not tried, there was no other Ready node of this network",
      ...good.slice(5, 7),
      "cluster DNS 10.1.0.2: not tried, the cluster has no Service of that address",
      "NodePort: not tried, the cluster has none",
    ]);
  });

  test("are not sent to a NodePort that the Node's address need not have", () => {
    const { stdout } = run(twoPeers, { kubeProxyConfiguration: { nodePortAddresses: ["192.168.0.0/16"] } });
    expect(seen(stdout)).toEqual(good.slice(0, -1));
  });

  test("are none without bash, which is said", () => {
    host.without("bash");
    const { status, stdout } = run();
    expect(status).toBe(0);
    expect(seen(stdout)).toEqual(["none are sent: bash is not there"]);
  });
});
