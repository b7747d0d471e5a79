import { scriptText } from "../../host/scriptText";
import { cniCleanup, kubeletCleanup, kubeProxyCleanup, paths } from "../../render";
import { Sandbox, shells } from "../support/sandbox";

const iptablesRules = `case "$*" in
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

/** ctr of a containerd with a pod (a sandbox and a container), and a container of somebody else, in the namespace k8s.io. */
const ctr = `case "$*" in
  *'"io.cri-containerd.kind"==container'*) [ -e /run/ended ] || echo app ;;
  *'"io.cri-containerd.kind"==sandbox'*) [ -e /run/ended ] || echo pod ;;
  *'tasks ls -q') [ -e /run/killed ] || echo app; [ -e /run/killed ] || echo pod; echo other ;;
  *'tasks kill'*) >/run/killed ;;
  *'containers info pod') echo '"path": "/var/run/netns/cni-of-pod"' ;;
  *'containers delete'*) >/run/ended ;;
  *'sandboxes ls --filters labels.name') printf 'ID CREATED RUNTIME\\npod now runc\\n' ;;
esac`;

describe.each(shells)("clean-up under %s", (_name, shell) => {
  let host: Sandbox;
  beforeEach(() => {
    host = new Sandbox().clock().units("active").file("/proc/mounts", "");
  });
  afterEach(() => host.remove());
  const run = (script: Parameters<typeof scriptText>[0]) => host.run(scriptText(script), shell);

  test("passes on a host where nothing is", () => {
    for (const script of [kubeProxyCleanup(), kubeletCleanup(), cniCleanup()]) {
      expect(run(script)).toMatchObject({ status: 0, stdout: "", stderr: "" });
    }
  });

  describe("of kube-proxy", () => {
    test("takes its chains away in one transaction, others stay", () => {
      host.command("iptables", iptablesRules).command("iptables-restore", "cat >>/run/restored");
      expect(run(kubeProxyCleanup())).toMatchObject({ status: 0, stderr: "" });
      expect(host.read("/run/restored")).toBe(
        '*nat\n-D PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES\n-F KUBE-SERVICES\n-X KUBE-SERVICES\nCOMMIT\n',
      );
    });

    test("takes its tables of nftables away", () => {
      host.command("nft");
      expect(run(kubeProxyCleanup()).calls).toEqual([
        "nft delete table ip kube-proxy",
        "nft delete table ip6 kube-proxy",
      ]);
    });
  });

  describe("of the kubelet", () => {
    test("removes what it wrote; what others wrote stays", () => {
      host
        .file("/var/lib/kubelet/pki/kubelet.key", "")
        .file("/var/lib/kubelet/pods/x/y", "")
        .file("/var/lib/kubelet/seccomp/mine.json", "")
        .file("/var/log/pods/a/b.log", "")
        .directory("/var/log/containers")
        .file(paths.kubeletKubeconfig, "")
        .file(paths.bootstrapKubeconfig, "");
      expect(run(kubeletCleanup())).toMatchObject({ status: 0, stderr: "" });
      expect(host.list("/var/lib/kubelet")).toEqual(["seccomp"]);
      expect(host.list("/var/log")).toEqual([]);
      expect(host.list("/etc/kubernetes")).toEqual(["bootstrap-kubelet.conf"]);
    });

    test("ends what the CRI made, with its network namespaces, and nothing else of containerd's", async () => {
      const close = await host.socket(paths.containerdSocket);
      host.command("ctr", ctr).file("/var/run/netns/cni-of-pod", "").file("/var/run/netns/cni-of-other", "");
      const { status, stderr, calls } = run(kubeletCleanup());
      close();
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      const changes = calls
        .filter((call) => /kill|delete|rm /.test(call))
        .map((call) => call.replace(/.*k8s\.io /, ""));
      expect(changes).toEqual(
        [
          "tasks kill --signal SIGKILL pod",
          "tasks kill --signal SIGKILL app",
          "containers delete app",
          "containers delete pod",
          "sandboxes rm --force pod",
        ].sort((left, right) => changes.indexOf(left) - changes.indexOf(right)),
      );
      expect(changes).toHaveLength(5);
      expect(host.list("/var/run/netns")).toEqual(["cni-of-other"]);
    });

    test("leaves a network namespace in which a process runs", async () => {
      const close = await host.socket(paths.containerdSocket);
      host
        .command("ctr", ctr)
        .file("/var/run/netns/cni-of-pod", "")
        .sameFile("/proc/42/ns/net", "/var/run/netns/cni-of-pod");
      const { stderr } = run(kubeletCleanup());
      close();
      expect(stderr).toBe("/var/run/netns/cni-of-pod stays, processes run in it\n");
      expect(host.has("/var/run/netns/cni-of-pod")).toBe(true);
    });

    test("takes mounts down deepest first; data below one that stays is not deleted", () => {
      host
        .file(
          "/proc/mounts",
          "a /var/lib/kubelet ext4 rw 0 0\nb /var/lib/kubelet/pods/a tmpfs rw 0 0\nmine /var/lib/kubelet/seccomp/a/b xfs rw 0 0\nc /var/lib/kubelet/pods/a/b\\040c tmpfs rw 0 0\n",
        )
        .file("/var/lib/kubelet/pods/a/data", "")
        .file("/var/lib/kubelet/pki/kubelet.key", "")
        .command("umount");
      const { status, stderr, calls } = run(kubeletCleanup());
      expect(calls.filter((call) => call.startsWith("umount"))).toEqual([
        "umount /var/lib/kubelet/pods/a/b c",
        "umount /var/lib/kubelet/pods/a",
      ]);
      expect(status).toBe(1);
      expect(stderr).toContain("/var/lib/kubelet/pods stays, there are mounts in use: /var/lib/kubelet/pods/a/b");
      expect(host.has("/var/lib/kubelet/pods/a/data")).toBe(true);
      expect(host.has("/var/lib/kubelet/pki")).toBe(false);
    });

    test("sees the mounts below a directory that is a link, and deletes nothing through them", () => {
      host
        .directory("/var/data/kubelet")
        .link("/var/lib/kubelet", "/var/data/kubelet")
        .file("/var/data/kubelet/pods/a/volumes/nfs/precious", "")
        .file("/var/data/kubelet/pki/kubelet.key", "")
        .file("/proc/mounts", "server:/x /var/data/kubelet/pods/a/volumes/nfs nfs rw 0 0\n")
        .command("umount");
      const { status, calls } = run(kubeletCleanup());
      expect(calls).toContain("umount /var/data/kubelet/pods/a/volumes/nfs");
      expect(status).toBe(1);
      expect(host.has("/var/data/kubelet/pods/a/volumes/nfs/precious")).toBe(true);
      expect(host.list("/var/data/kubelet")).toEqual(["pods"]);
      expect(host.has("/var/lib/kubelet")).toBe(true);
    });

    test.each([
      [
        "a link",
        () => host.directory("/var/data/pods/a").link("/var/lib/kubelet/pods", "/var/data/pods"),
        "/var/data/pods/a",
      ],
      [
        "a mount",
        () => host.file("/var/lib/kubelet/pods/a", "").file("/proc/mounts", "d /var/lib/kubelet/pods xfs rw 0 0\n"),
        "/var/lib/kubelet/pods/a",
      ],
    ])("leaves what the host's owner made: pods as %s", (_case, change, stays) => {
      change();
      host.command("umount");
      const { status, stderr, calls } = run(kubeletCleanup());
      expect({ status, umounted: calls.filter((call) => call.startsWith("umount")) }).toEqual({
        status: 0,
        umounted: [],
      });
      expect(stderr).toMatch(/pods is a (link to .*, which stays|mount of its own, what is on it stays)\n$/);
      expect(host.has(stays)).toBe(true);
    });

    test.each([
      ["/var/log/pods", "/var/data/logs"],
      ["/var/log/containers", "/var/data/logs"],
    ])("deletes nothing through %s as a link, as a mount or with a mount below", (path, target) => {
      host.file(`${path}/a/mine`, "").command("umount").file("/proc/mounts", `d ${path}/a nfs rw 0 0\n`);
      expect(run(kubeletCleanup())).toMatchObject({
        status: 1,
        stderr: `${path} stays, there are mounts in use: ${path}/a\n`,
      });
      host.file("/proc/mounts", `d ${path} nfs rw 0 0\n`);
      expect(run(kubeletCleanup())).toMatchObject({
        status: 0,
        stderr: `${path} is a mount of its own, what is on it stays\n`,
      });
      expect(host.list(`${path}/a`)).toEqual(["mine"]);
      host.delete(path);
      host.file(`${target}/mine`, "").link(path, target);
      expect(run(kubeletCleanup()).stderr).toContain(`${path} is a link to ${target}, which stays`);
      expect(host.list(target)).toEqual(["mine"]);
      expect(host.has(path)).toBe(true);
    });

    test("stays on one file system where a mount is not seen", () => {
      host.file("/var/lib/kubelet/pods/a/data", "").file("/var/log/pods/a", "");
      host.command("rm", '/bin/rm "$@"');
      const { calls } = run(kubeletCleanup());
      const recursive = calls.filter((call) => call.startsWith("rm -r"));
      expect(recursive.length).toBeGreaterThan(0);
      expect(recursive.filter((call) => !call.includes("--one-file-system"))).toEqual([]);
      // As busybox has it.
      host.file("/var/lib/kubelet/pods/a/data", "").file("/var/log/pods/a", "");
      host.command("rm", 'case "$*" in *one-file-system*) exit 1 ;; *-r*) exit 1 ;; *) /bin/rm "$@" ;; esac');
      expect(run(kubeletCleanup()).status).toBe(0);
      expect(host.list("/var/lib/kubelet")).toEqual([]);
    });

    test("unmounts nothing for a link that leads nowhere", () => {
      host.directory("/var/lib/kubelet").link("/var/lib/kubelet/pods", "/var/nowhere/else/pods").command("umount");
      host.file("/proc/mounts", "d / ext4 rw 0 0\nd /var/other xfs rw 0 0\nd /home xfs rw 0 0\n");
      const { status, calls } = run(kubeletCleanup());
      expect({ status, unmounted: calls.filter((call) => call.startsWith("umount")) }).toEqual({
        status: 0,
        unmounted: [],
      });
    });
  });
});
