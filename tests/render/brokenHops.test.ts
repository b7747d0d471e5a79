import { paths } from "../../render";
import { bash, kubernetes, lookWithPackets, nft, packetsHost, twoPeers, type Broken } from "../support/packetsHost";
import { shells, type Sandbox } from "../support/sandbox";

describe.each(shells)("packets that do not come through, under %s", (_name, shell) => {
  let host: Sandbox;
  beforeEach(() => {
    host = packetsHost();
  });
  afterEach(() => host.remove());

  const run = (peers = twoPeers) => lookWithPackets(host, shell, peers);

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
});
