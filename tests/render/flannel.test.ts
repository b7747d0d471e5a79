import { scriptText } from "../../host/scriptText";
import { flannelCleanup, flannelHealth, flannelLook, flannelTidy, paths, preflight } from "../../render";
import { makeFit, tcp } from "../support/fitHost";
import { flannelLinks as links, flannelSubnets as subnets } from "../support/flannelHost";
import { Sandbox, shells } from "../support/sandbox";

/** ip of a host with routes to two nodes, by each backend. */
const routes = `case "$*" in
  "-4 route show root 10.2.0.0/16")
    echo "10.2.4.0/24 via 10.0.0.12 dev eth0"
    echo "10.2.5.0/24 via 10.2.5.0 dev flannel.1 onlink"
    echo "10.2.9.0/24 via 10.0.0.19 dev eth0 proto static"
    echo "10.2.3.0/24 dev cni0 proto kernel scope link src 10.2.3.1" ;;
  "-6 route show root fd00:2::/48") echo "fd00:2:0:4::/64 via fd00::12 dev eth0 metric 1024 pref medium" ;;
  "-4 neighbour show dev flannel.1 nud permanent") echo "10.2.5.0 lladdr 3a:00:00:00:00:01 PERMANENT" ;;
  "-4 route show dev flannel.1") cat /run/routes 2> /dev/null ;;
esac`;

describe.each(shells)("flannel under %s", (_name, shell) => {
  let host: Sandbox;
  let close: (() => void) | undefined;
  beforeEach(() => {
    host = new Sandbox().clock().units("active").command("ip", routes).command("nft").command("ctr");
  });
  afterEach(() => {
    close?.();
    close = undefined;
    host.remove();
  });
  const run = (script: Parameters<typeof scriptText>[0]) => host.run(scriptText(script), shell);
  const withLinks = (...names: string[]) => names.forEach((name) => host.directory(`/sys/class/net/${name}`));

  describe("health", () => {
    const answers = "for url; do :; done; case $url in http://127.0.0.1:10261/readyz) ;; *) exit 22 ;; esac";
    const health = () => run(flannelHealth({ backend: "vxlan", timeoutSeconds: 0 }));
    beforeEach(() => {
      host.command("curl", answers).file(paths.flannelSubnets, subnets);
      withLinks("flannel.1");
    });

    test("is to be ready, with what its plugin reads and its interface, and to stay so", () => {
      const { status, stderr, calls } = health();
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      expect(calls.filter((call) => call.startsWith("sleep"))).toHaveLength(2);
    });

    test.each<[string, (host: Sandbox) => unknown, string]>([
      ["does not run", (h) => h.units("activating"), "the unit is activating"],
      ["has no range yet", (h) => h.command("curl", "exit 22"), "http://127.0.0.1:10261/readyz does not answer 200"],
      [
        "wrote nothing",
        (h) => h.delete(paths.flannelSubnets),
        "/run/flannel/subnet.env, by which pods get their addresses",
      ],
      ["has no interface", (h) => h.delete("/sys/class/net/flannel.1"), "its interface is not there"],
    ])("fails where it %s", (_case, change, reason) => {
      change(host);
      host.command("journalctl");
      const { status, stderr } = health();
      expect(status).toBe(1);
      expect(stderr).toContain(`flanneld: is not healthy: ${reason}`);
    });

    test("of backend host-gw needs no interface", () => {
      host.delete("/sys/class/net/flannel.1");
      expect(run(flannelHealth({ backend: "host-gw", timeoutSeconds: 0 })).status).toBe(0);
    });
  });

  describe("a look for drift", () => {
    const look = (backend: "vxlan" | "host-gw" = "vxlan") =>
      run(flannelLook({ backend }))
        .stdout.split("\n")
        .filter((line) => line !== "");
    beforeEach(() => {
      host.units("active", "NeedDaemonReload=no\n").file(paths.flannelSubnets, subnets);
      host.file("/run/routes", "10.2.5.0/24 via 10.2.5.0 onlink\n");
      withLinks(...links);
    });

    test("sees nothing where nothing is", () => {
      expect(look()).toEqual([]);
    });

    test.each<[string, (host: Sandbox) => unknown, string]>([
      ["interface", (h) => h.delete("/sys/class/net/flannel-v6.1"), "fault|the interface flannel-v6.1 is gone"],
      ["route", (h) => h.file("/run/routes", ""), "fault|the route to the pods at 10.2.5.0 is gone from flannel.1"],
      [
        "file of its plugin",
        (h) => h.delete(paths.flannelSubnets),
        "fault|/run/flannel/subnet.env is gone, so that no pod gets an address",
      ],
    ])("sees a missing %s", (_case, change, line) => {
      change(host);
      expect(look()).toEqual([line]);
    });

    test("sees what the other backend has left", () => {
      expect(look("host-gw")).toEqual(
        links.map((link) => `fault|of flannel's backend vxlan the interface ${link} is left`),
      );
    });

    test("says of a unit that does not run no more than that", () => {
      host.units("failed", "NeedDaemonReload=no\n").delete(paths.flannelSubnets);
      expect(look()).toEqual([]);
    });
  });

  describe("when it goes", () => {
    test("its interfaces, routes and files go, and nobody else's", () => {
      withLinks(...links, "cni0");
      const { status, stderr, calls } = host.file(paths.flannelSubnets, subnets) && run(flannelCleanup());
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      expect(calls.filter((call) => call.includes("delete"))).toEqual([
        "ip -4 route delete 10.2.4.0/24 via 10.0.0.12 dev eth0",
        "ip -6 route delete fd00:2:0:4::/64 via fd00::12 dev eth0",
        "ip link delete flannel.1",
        "ip link delete flannel-v6.1",
      ]);
      expect(host.has("/run/flannel")).toBe(false);
    });

    test("nothing is done where nothing is", () => {
      expect(run(flannelCleanup())).toMatchObject({ status: 0, stderr: "", calls: [] });
    });

    test("its interfaces are tidied away once host-gw works, and fail the change where they stay", () => {
      withLinks("flannel.1");
      expect(run(flannelTidy({ backend: "vxlan" })).calls).toEqual([]);
      host.command("ip", 'rmdir "/sys/class/net/$3"');
      expect(run(flannelTidy({ backend: "host-gw" }))).toMatchObject({
        status: 0,
        calls: ["ip link delete flannel.1"],
      });
      withLinks("flannel.1");
      host.command("ip", "exit 1");
      expect(run(flannelTidy({ backend: "host-gw" }))).toMatchObject({
        status: 1,
        stderr: "the interface flannel.1 could not be removed\n",
      });
    });
  });

  describe("a host", () => {
    const check = () =>
      run(preflight({ kubernetesVersion: "1.37.2", arch: "amd64", kubeProxyMode: "nftables", cniMode: "flannel" }));
    beforeEach(async () => {
      close = await makeFit(host);
    });

    test("is fit without a flannel", () => {
      expect(check()).toMatchObject({ status: 0, stderr: "" });
    });

    test.each<[string, (host: Sandbox) => unknown, string]>([
      [
        "an interface",
        (h) => h.directory("/sys/class/net/flannel.1"),
        "/sys/class/net/flannel.1 is the flannel of somebody else",
      ],
      ["a process", (h) => h.file("/proc/77/comm", "flanneld\n"), "a process flanneld is the flannel of somebody else"],
      [
        "a unit",
        (h) => h.file("/usr/lib/systemd/system/flanneld.service", "[Service]\nExecStart=/usr/bin/flanneld\n"),
        "/usr/lib/systemd/system/flanneld.service is the flannel of somebody else",
      ],
      [
        "a network",
        (h) => h.file("/etc/cni/net.d/10-flannel.conflist", "{}"),
        "/etc/cni/net.d/10-flannel.conflist is the network of somebody else: must not be there with cniMode flannel",
      ],
      ["a port", (h) => h.file("/proc/net/tcp", tcp([10261])), "port 10261 is in use"],
    ])("is refused for %s of another one", (_case, change, expected) => {
      change(host);
      const { status, stderr } = check();
      expect(status).toBe(1);
      expect(stderr.split("\n").filter((line) => line !== "")).toEqual([expect.stringContaining(expected)]);
    });

    test("is fit with ours", () => {
      host
        .file(paths.flannelUnit, "[Service]\nExecStart=/opt/kubernetes/bin/flannel-0a1b2c3d4e5f/flanneld\n")
        .file("/proc/77/comm", "flanneld\n");
      withLinks(...links);
      expect(check()).toMatchObject({ status: 0, stderr: "" });
    });

    test("needs the module of vxlan", () => {
      host.file("/lib/modules/6.12.1-amd64/modules.dep", "").command("modprobe", 'case "$*" in *vxlan) exit 1 ;; esac');
      expect(check().stderr).toContain("kernel module vxlan is neither loaded, built in nor to be found");
    });
  });
});
