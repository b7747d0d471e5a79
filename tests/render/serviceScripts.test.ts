import {
  cniCleanupScript,
  containerdHealthScript,
  kubeletCleanupScript,
  kubeletHealthScript,
  kubeProxyCleanupScript,
  kubeProxyHealthScript,
  paths,
  verificationScript,
} from "../../render";
import { Sandbox, shells } from "../support/sandbox";

/** systemctl of a host whose units are all in that state. */
const units = (state: string, restarts = "echo NRestarts=0") =>
  `case $1 in is-active) echo ${state}; [ ${state} = active ] ;; is-enabled) exit 0 ;; show) ${restarts} ;; esac`;

/** curl that answers these URLs. */
const curl = (answers: Record<string, string>) =>
  `for url; do :; done; case $url in ${Object.entries(answers)
    .map(([url, body]) => `http://${url}) echo '${body}' ;;`)
    .join(" ")} *) exit 22 ;; esac`;

describe.each(shells)("services under %s", (_name, shell) => {
  let host: Sandbox;
  beforeEach(() => {
    host = new Sandbox().command("systemctl", units("active")).command("id", "echo 0").command("sync");
  });
  afterEach(() => host.remove());

  describe("health", () => {
    const kubelet = kubeletHealthScript({ timeoutSeconds: 0 });
    const kubeProxy = kubeProxyHealthScript({ mode: "nftables", timeoutSeconds: 0 });

    test("an active kubelet that answers is healthy", () => {
      host.command("curl", curl({ "127.0.0.1:10248/healthz": "ok" }));
      expect(host.run(kubelet, shell)).toMatchObject({ status: 0, stdout: "", stderr: "" });
    });

    test.each([
      ["does not answer", "active", {}, "http://127.0.0.1:10248/healthz does not answer 200 (waited 0 s)"],
      ["is not active", "failed", { "127.0.0.1:10248/healthz": "ok" }, "the unit is failed (waited 0 s)"],
    ])("a kubelet that %s is not, and the reason is told", (_case, state, answers, reason) => {
      host.command("systemctl", `${units(state)}`).command("curl", curl(answers));
      expect(host.run(kubelet, shell)).toMatchObject({
        status: 1,
        stderr: `kubelet: is not healthy: ${reason}; see journalctl -u kubelet\n`,
      });
    });

    test("without any tool for HTTP, the unit has to stay active", () => {
      expect(host.run(kubeletHealthScript({ timeoutSeconds: 9 }), shell).status).toBe(0);
      expect(
        host
          .run(kubeletHealthScript({ timeoutSeconds: 9 }), shell)
          .calls.filter((call) => call === "systemctl is-active kubelet"),
      ).toHaveLength(2);
    });

    test("a service that ends again and again is given up early", () => {
      const counting = 'n=$(cat /run/n 2>/dev/null || echo 0); n=$((n + 1)); echo "$n" >/run/n; echo "NRestarts=$n"';
      host.directory("/run").command("systemctl", units("activating", counting)).command("curl", "exit 7");
      expect(host.run(kubeletHealthScript({ timeoutSeconds: 600 }), shell).stderr).toBe(
        "kubelet: is not healthy: the unit is activating, it ended three times; see journalctl -u kubelet\n",
      );
    });

    test("kube-proxy has to run in the mode asked for", () => {
      host.command("curl", curl({ "127.0.0.1:10256/livez": "{}", "127.0.0.1:10249/proxyMode": "nftables" }));
      expect(host.run(kubeProxy, shell)).toMatchObject({ status: 0, stderr: "" });
      host.command("curl", curl({ "127.0.0.1:10256/livez": "{}", "127.0.0.1:10249/proxyMode": "iptables" }));
      expect(host.run(kubeProxy, shell).stderr).toContain("http://127.0.0.1:10249/proxyMode is not nftables");
    });

    const containerd = containerdHealthScript({ cniMode: "bridge", timeoutSeconds: 0 });
    const plugins = (cri: string) =>
      `case "$*" in *plugins*) printf 'TYPE ID PLATFORMS STATUS\\nio.containerd.cri.v1 images - ok\\nio.containerd.grpc.v1 cri - ${cri}\\nio.containerd.snapshotter.v1 zfs linux/amd64 skip\\n' ;; esac`;

    test("containerd has to answer, with its CRI plugins and our drop-in", () => {
      host.command("ctr", plugins("ok")).command("containerd", `echo "conf_template = '${paths.cniTemplate}'"`);
      expect(host.run(containerd, shell)).toMatchObject({ status: 0, stderr: "" });
      host.command("containerd", "echo");
      expect(host.run(containerd, shell).stderr).toContain(
        `${paths.containerdDropIn} is not part of its configuration, add imports = ["/etc/containerd/conf.d/*.toml"]`,
      );
      host.command("ctr", plugins("error"));
      expect(host.run(containerd, shell).stderr).toContain("its plugin cri is error");
      host.command("ctr", "echo dial failed >&2; exit 1");
      expect(host.run(containerd, shell).stderr).toContain("ctr version says: dial failed");
    });
  });

  describe("verification", () => {
    const script = verificationScript({ kubeProxyMode: "nftables", cniMode: "bridge", podCIDRs: ["10.2.0.0/24"] });
    beforeEach(() => {
      host
        .command("curl", curl({ "127.0.0.1:10248/healthz": "ok", "127.0.0.1:10256/livez": "{}" }))
        .command("nft")
        .command("sleep")
        .file(paths.cniConflist, '{ "name": "kubernetes-worker-nodes",\n "subnet": "10.2.0.0/24" }\n');
    });

    test("a worker node passes, with the same line each time", () => {
      expect(host.run(script, shell)).toMatchObject({
        status: 0,
        stdout: "containerd, kubelet and kube-proxy (nftables) are active and healthy\n",
        stderr: "",
      });
    });

    test.each([
      [
        "a stopped unit",
        () => host.command("systemctl", units("inactive")),
        "kubelet is inactive, must be active; see journalctl -u kubelet",
      ],
      [
        "a unit that is not enabled",
        () => host.command("systemctl", "case $1 in is-active) echo active ;; *) exit 1 ;; esac"),
        "kube-proxy does not start at boot; see systemctl status kube-proxy",
      ],
      [
        "a kubelet without answer",
        () => host.command("curl", curl({})),
        "kubelet does not answer 200 at http://127.0.0.1:10248/healthz; see journalctl -u kubelet",
      ],
      [
        "missing rules",
        () => host.command("nft", "exit 1"),
        "kube-proxy has no rules in the kernel; see journalctl -u kube-proxy",
      ],
      [
        "another range",
        () => host.file(paths.cniConflist, '"name": "kubernetes-worker-nodes" "10.2.9.0/24"'),
        "the pods' network is not of the Node's range 10.2.0.0/24; see",
      ],
      [
        "no network",
        () => host.file(paths.cniConflist, "{}"),
        `${paths.cniConflist} was not written from ${paths.cniTemplate}; see journalctl -u containerd`,
      ],
    ])("%s is told, with where to look", (_case, change, expected) => {
      change();
      const { status, stderr } = host.run(script, shell);
      expect(status).toBe(1);
      expect(stderr).toContain(`verification: ${expected}`);
    });

    test("an ordinary user reads the rules by sudo", () => {
      host.command("id", "echo 1000").command("sudo", 'shift; "$@"');
      const { status, calls } = host.run(script, shell);
      expect(status).toBe(0);
      expect(calls).toContain("sudo -n nft list chain ip kube-proxy services");
    });
  });

  describe("cleanup", () => {
    test("all of it passes on a host where nothing is", () => {
      for (const script of [kubeProxyCleanupScript(), kubeletCleanupScript(), cniCleanupScript()]) {
        expect(host.file("/proc/mounts", "").run(script, shell)).toMatchObject({ status: 0, stderr: "" });
      }
    });

    const rules = `case "$*" in
      *'nat -S'*) cat <<'END'
-P PREROUTING ACCEPT
-N KUBE-SERVICES
-N KUBE-KUBELET-CANARY
-N MY-KUBE-SERVICES
-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A PREROUTING -j MY-KUBE-SERVICES
-A MY-KUBE-SERVICES -d 10.0.0.1/32 -j ACCEPT
END
      ;; esac`;

    test("kube-proxy's chains go in one transaction, others stay", () => {
      host.command("iptables", rules).command("iptables-restore", "cat >>/run/restored").directory("/run");
      expect(host.run(kubeProxyCleanupScript(), shell)).toMatchObject({ status: 0, stderr: "" });
      expect(host.read("/run/restored")).toBe(
        '*nat\n-D PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES\n-F KUBE-SERVICES\n-X KUBE-SERVICES\nCOMMIT\n',
      );
    });

    test("kube-proxy removes its rules itself while it is there", () => {
      host.directory("/run").file(paths.kubeProxyConfiguration, "").command("nft");
      host.file(paths.kubeProxy, '#!/bin/sh\necho "$*" >/run/asked\n', 0o755);
      const { calls } = host.run(kubeProxyCleanupScript(), shell);
      expect(host.read("/run/asked")).toBe("--cleanup --config=/etc/kubernetes/kube-proxy-config.yaml\n");
      expect(calls).toEqual(["nft delete table ip kube-proxy", "nft delete table ip6 kube-proxy"]);
    });

    test("what the kubelet wrote goes, what others wrote stays", () => {
      host
        .file("/proc/mounts", "")
        .file("/var/lib/kubelet/pki/kubelet.key", "")
        .file("/var/lib/kubelet/pods/x/y", "")
        .file("/var/lib/kubelet/seccomp/mine.json", "")
        .file(paths.kubeletKubeconfig, "")
        .file(paths.bootstrapKubeconfig, "");
      expect(host.run(kubeletCleanupScript(), shell)).toMatchObject({ status: 0, stderr: "" });
      expect(host.list("/var/lib/kubelet")).toEqual(["seccomp"]);
      expect(host.list("/etc/kubernetes")).toEqual(["bootstrap-kubelet.conf"]);
    });

    test("mounts are taken down deepest first; data below one that stays is not deleted", () => {
      host
        .file(
          "/proc/mounts",
          "a /var/lib/kubelet ext4 rw 0 0\nb /var/lib/kubelet/pods/a tmpfs rw 0 0\nc /var/lib/kubelet/pods/a/b\\040c tmpfs rw 0 0\n",
        )
        .file("/var/lib/kubelet/pods/a/data", "")
        .command("umount");
      const { status, stderr, calls } = host.run(kubeletCleanupScript(), shell);
      expect(calls.filter((call) => call.startsWith("umount"))).toEqual([
        "umount /var/lib/kubelet/pods/a/b c",
        "umount /var/lib/kubelet/pods/a",
      ]);
      expect(status).toBe(1);
      expect(stderr).toContain("kubelet: mounts below /var/lib/kubelet are in use");
      expect(host.has("/var/lib/kubelet/pods/a/data")).toBe(true);
    });

    test("the pods' network goes, another network's state and host ports stay", () => {
      host
        .directory("/sys/class/net/cni0")
        .file(paths.cniConflist, "")
        .file("/etc/cni/net.d/87-other.conflist", "")
        .file("/run/cni/networks/kubernetes-worker-nodes/10.2.0.2", "")
        .file("/var/lib/cni/results/kubernetes-worker-nodes-abc-eth0", "")
        .file("/var/lib/cni/results/other-abc-eth0", "")
        .command("ip")
        .command("nft");
      const { status, calls } = host.run(cniCleanupScript(), shell);
      expect(status).toBe(0);
      expect(calls).toEqual(["ip link delete cni0"]);
      expect(host.list("/etc/cni/net.d")).toEqual(["87-other.conflist"]);
      expect(host.list("/var/lib/cni/results")).toEqual(["other-abc-eth0"]);
      expect(host.has("/run/cni")).toBe(false);
    });
  });
});
