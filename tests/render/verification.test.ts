import { scriptText } from "../../host/scriptText";
import { paths, verification } from "../../render";
import { Sandbox, shells } from "../support/sandbox";

/** curl that answers these URLs. */
const curl = (...urls: string[]) =>
  `for url; do :; done; case $url in ${urls.map((url) => `http://${url}) echo ok ;;`).join(" ")} *) exit 22 ;; esac`;
const healthy = ["127.0.0.1:10248/healthz", "127.0.0.1:10256/livez"];
const conflist = (...subnets: string[]) =>
  `{ "name": "kubernetes-worker-nodes",\n${subnets.map((subnet) => ` "subnet": "${subnet}"\n`).join("")} }\n`;

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

  const script = (clusterCIDR = "10.2.0.0/16") =>
    scriptText(verification({ kubeProxyMode: "nftables", cniMode: "bridge", clusterCIDR }));
  const run = (clusterCIDR?: string) => host.run(script(clusterCIDR), shell);

  test("says what it saw and when", () => {
    expect(run()).toMatchObject({
      status: 0,
      stdout: "2026-01-02T03:04:05Z: containerd, kubelet and kube-proxy (nftables) are active and healthy\n",
      stderr: "",
    });
    expect(host.run(script(), shell).calls).toContain("date -u +%Y-%m-%dT%H:%M:%SZ");
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
});
