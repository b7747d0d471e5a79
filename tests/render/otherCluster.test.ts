import { certificateDigests } from "../../base/certificateDigests";
import { scriptText } from "../../host/scriptText";
import { paths, preflight } from "../../render";
import { kubeletKubeconfig, pemOf } from "../support/certificates";
import { makeFit } from "../support/fitHost";
import { Sandbox, shells } from "../support/sandbox";

const ca = pemOf("our CA");
const kubeadmDropIn = "/etc/systemd/system/kubelet.service.d/10-kubeadm.conf";

describe.each(shells)("preflight of a host that is part of a cluster, under %s", (_name, shell) => {
  let host: Sandbox;
  let closeSocket: () => void;
  beforeEach(async () => {
    host = new Sandbox();
    closeSocket = await makeFit(host);
  });
  afterEach(() => {
    closeSocket();
    host.remove();
  });

  /** With our CA and the one that ours is being replaced by. */
  const script = preflight({
    kubernetesVersion: "1.37.2",
    arch: "amd64",
    kubeProxyMode: "nftables",
    cniMode: "bridge",
    caSha256: certificateDigests(`${pemOf("our next CA")}${ca}`),
  });
  const run = (surroundings = "") => host.run(`${surroundings}\n${scriptText(script)}`, shell);
  const joined = (pem = ca) => host.file(paths.kubeletKubeconfig, kubeletKubeconfig("https://10.0.0.9:6443", pem));

  test.each<[string, (h: Sandbox) => unknown, string]>([
    ["a static pod", (h) => h.file(`${paths.staticPods}/kube-apiserver.yaml`, ""), "kube-apiserver.yaml"],
    ["a process", (h) => h.file("/proc/7/comm", "kube-apiserver\n"), "a process kube-apiserver"],
    ["k3s", (h) => h.file("/etc/systemd/system/k3s.service", "[Service]\n"), "k3s.service"],
    ["rke2", (h) => h.file("/usr/local/lib/systemd/system/rke2-agent.service", "[Service]\n"), "rke2-agent.service"],
    ["k0s", (h) => h.file("/etc/systemd/system/k0sworker.service", "[Service]\n"), "k0sworker.service"],
    [
      "microk8s",
      (h) => h.file("/etc/systemd/system/snap.microk8s.daemon-kubelite.service", "[Service]\n"),
      "snap.microk8s",
    ],
  ])("a control plane or a distribution (%s) is refused, adopted or not", (_case, change, found) => {
    change(host);
    joined();
    for (const surroundings of ["", "adopt=yes"]) {
      const { status, stderr } = run(surroundings);
      expect(status).toBe(1);
      expect(stderr).toMatch(
        /^preflight: this host is part of a control plane or of another Kubernetes distribution \(/,
      );
      expect(stderr).toContain(found);
    }
  });

  test.each<[string, (h: Sandbox) => unknown, string]>([
    ["a kubeconfig", () => joined(), paths.kubeletKubeconfig],
    ["certificates", (h) => h.file("/var/lib/kubelet/pki/kubelet.key", ""), paths.kubeletCertDirectory],
    [
      "a package's unit",
      (h) => h.file("/lib/systemd/system/kubelet.service", "[Service]\n"),
      "/lib/systemd/system/kubelet.service",
    ],
    ["a drop-in", (h) => h.file(kubeadmDropIn, "[Service]\n"), kubeadmDropIn],
    ["a process", (h) => h.file("/proc/7/comm", "kubelet\n"), "a process kubelet"],
  ])("a kubelet that is there (%s) is refused with what was found and what to do", (_case, change, found) => {
    change(host);
    const { status, stderr } = run();
    expect(status).toBe(1);
    expect(stderr).toContain(
      `preflight: kubelet is there already (${found}): must not be on a host that this stack does not own;`,
    );
    expect(stderr).toContain("set adopt for the host if it is a node of this cluster");
  });

  test("that is what this stack's own node looks like", () => {
    joined();
    host
      .file(paths.kubeletUnit, "[Service]\n")
      .file("/proc/7/comm", "kubelet\n")
      .file("/var/lib/kubelet/pki/kubelet.key", "");
    expect(run("claimed=yes")).toMatchObject({ status: 0, stderr: "" });
  });

  test("a bare host with empty directories and a masked unit is none", () => {
    host
      .link(paths.kubeletUnit, "/dev/null")
      .directory(paths.kubeletCertDirectory)
      .directory(paths.staticPods)
      .directory(`${paths.kubeletUnit}.d`);
    expect(run()).toMatchObject({ status: 0, stderr: "" });
  });

  test("a node of this cluster is adopted, with what will be replaced", () => {
    joined();
    host.file("/lib/systemd/system/kubelet.service", "[Service]\n").file(paths.kubeletConfiguration, "");
    const { status, stdout, stderr } = run("adopt=yes");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout.split("\n").slice(0, 3)).toEqual([
      "adopts|/lib/systemd/system/kubelet.service is replaced",
      `adopts|${paths.kubeletConfiguration} is replaced`,
      `adopts|${paths.kubeletKubeconfig} stays, with its certificate, and gets our API server and CA`,
    ]);
  });

  test("it may name its CA by a file", () => {
    host.file("/etc/kubernetes/pki/ca.crt", ca);
    host.file(
      paths.kubeletKubeconfig,
      "clusters:\n- cluster:\n    certificate-authority: /etc/kubernetes/pki/ca.crt\n",
    );
    expect(run("adopt=yes")).toMatchObject({ status: 0, stderr: "" });
  });

  test.each<[string, (h: Sandbox) => unknown, string]>([
    [
      "a node of another cluster",
      () => joined(pemOf("another CA")),
      "is of another cluster: must trust the CA of caCertPem",
    ],
    ["a node that names no CA", () => joined(""), "is of another cluster: must trust the CA of caCertPem"],
    [
      "a kubelet that never joined",
      (h) => h.file("/lib/systemd/system/kubelet.service", "[Service]\n"),
      "must have joined this cluster",
    ],
  ])("%s cannot be adopted", (_case, change, reason) => {
    change(host);
    const { status, stdout, stderr } = run("adopt=yes");
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toContain(reason);
  });
});
