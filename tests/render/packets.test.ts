import { paths } from "../../render";
import {
  bash,
  good,
  lookWithPackets,
  nft,
  packetsHost,
  twoPeers,
  type Broken,
  type LookArgs,
} from "../support/packetsHost";
import { shells, type Sandbox } from "../support/sandbox";

describe.each(shells)("packets under %s", (_name, shell) => {
  let host: Sandbox;
  beforeEach(() => {
    host = packetsHost();
  });
  afterEach(() => host.remove());

  const run = (...told: LookArgs) => lookWithPackets(host, shell, ...told);
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
