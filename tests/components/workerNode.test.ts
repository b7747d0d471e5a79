import * as pulumi from "@pulumi/pulumi";
import type { Script } from "../../base/script";
import { without } from "../../base/without";
import type { FileMap } from "../../host/files";
import { WorkerNode } from "../../components";
import type { ClusterArgs, WorkerNodeArgs } from "../../components";
import type { Registered } from "../support/pulumiMocks";
import { recordResources, settled } from "../support/pulumiMocks";
import { flannelKey, proxyKey, workerNodeArgs as args } from "../support/workerNodeArgs";

async function register(change: Partial<WorkerNodeArgs> = {}): Promise<Registered[]> {
  const registered = await recordResources();
  new WorkerNode("node-1", { ...args, ...change });
  await settled();
  return registered;
}

function find(registered: Registered[], name: string): Registered {
  const found = registered.find((resource) => resource.custom && resource.name === name);
  if (found === undefined) throw new Error(`${name} was not registered`);
  return found;
}

describe("a WorkerNode", () => {
  it("is eight custom resources, one a step", async () => {
    const custom = (await register()).filter((resource) => resource.custom);
    expect(custom.map(({ type, name }) => `${type} ${name}`).sort()).toEqual([
      "command:remote:Command node-1-verification",
      "pulumi-nodejs:dynamic/kubernetes-worker-nodes:HostBinaries node-1-binaries",
      "pulumi-nodejs:dynamic/kubernetes-worker-nodes:HostPrerequisites node-1-preparation",
      "pulumi-nodejs:dynamic/kubernetes-worker-nodes:NodeClaim node-1-claim",
      "pulumi-nodejs:dynamic/kubernetes-worker-nodes:NodeRegistration node-1-registration",
      "pulumi-nodejs:dynamic/kubernetes-worker-nodes:SystemdService node-1-containerd",
      "pulumi-nodejs:dynamic/kubernetes-worker-nodes:SystemdService node-1-kube-proxy",
      "pulumi-nodejs:dynamic/kubernetes-worker-nodes:SystemdService node-1-kubelet",
    ]);
  });

  it("keeps every secret secret, and has none in a component's own state", async () => {
    const registered = await register();
    // The mocks pass a secret's mark on to the whole property it is in.
    const open = registered.map((resource) => {
      const visible = Object.entries(resource.inputs).filter(([key]) => !resource.secretInputs.includes(key));
      return { name: resource.name, text: JSON.stringify(visible) };
    });
    for (const secret of ["SSH-KEY", "tokentokentoken1", proxyKey.split("\n")[1] ?? "?", "KUBECONFIG"]) {
      expect(open.filter(({ text }) => text.includes(secret)).map(({ name }) => name)).toEqual([]);
    }
    expect(find(registered, "node-1-kubelet").secretInputs).toEqual(
      expect.arrayContaining(["connection", "secretFiles"]),
    );
  });

  it("gives kubelet and kube-proxy the same node name and one API server", async () => {
    const registered = await register();
    const kubelet = JSON.stringify(find(registered, "node-1-kubelet").inputs);
    const proxy = JSON.stringify(find(registered, "node-1-kube-proxy").inputs);
    expect(kubelet).toContain("--hostname-override=node-1");
    expect(proxy).toContain("hostnameOverride: node-1");
    for (const text of [kubelet, proxy]) expect(text).toContain("server: https://10.0.0.10:6443");
  });

  it("does not restart the kubelet for a new bootstrap token", async () => {
    const { secretFiles } = find(await register(), "node-1-kubelet").inputs;
    expect(secretFiles).toMatchObject({ "/etc/kubernetes/bootstrap-kubelet.conf": { restart: false, mode: "0600" } });
  });

  it("asks an admin client for labels and taints, not the kubelet", async () => {
    const registered = await register();
    expect(find(registered, "node-1-registration").inputs).toMatchObject({ labels: args.labels, taints: args.taints });
    expect(JSON.stringify(find(registered, "node-1-kubelet").inputs)).not.toContain("node-labels");
  });

  it("has each unit start the version and build that its binaries bring, at a path of its own", async () => {
    const registered = await register();
    const [kubelet, proxy] = [
      "/opt/kubernetes/bin/1.37.2-111111111111/kubelet",
      "/opt/kubernetes/bin/1.37.2-222222222222/kube-proxy",
    ];
    expect(find(registered, "node-1-binaries").inputs["programs"]).toEqual({
      [kubelet]: args.binaries.kubelet,
      [proxy]: args.binaries.kubeProxy,
    });
    for (const [service, path, { sha256 }] of [
      ["kubelet", kubelet, args.binaries.kubelet],
      ["kube-proxy", proxy, args.binaries.kubeProxy],
    ] as const) {
      const { programs, unit } = find(registered, `node-1-${service}`).inputs;
      expect(programs).toEqual({ [path]: sha256 });
      expect(unit).toContain(`\nExecStart=${path} `);
    }
  });

  it("brings no network of its own with cniMode none", async () => {
    const registered = await register({ cniMode: "none" });
    const binaries = find(registered, "node-1-binaries").inputs;
    expect(binaries).toMatchObject({ members: [] });
    expect([binaries["archive"], binaries["directory"]]).toEqual([undefined, undefined]);
    expect(Object.keys(find(registered, "node-1-containerd").inputs["files"] as object)).toEqual([
      "/etc/containerd/conf.d/kubernetes-worker-nodes.toml",
    ]);
    expect(JSON.stringify(find(registered, "node-1-kubelet").inputs)).not.toContain("masquerade.nft");
  });

  it("has a flanneld with cniMode flannel, its certificate secret, and its plugin beside the others", async () => {
    const registered = await register({ cniMode: "flannel", podNetworkMTU: 1400, nodeIP: "10.0.0.11" });
    const { inputs, secretInputs } = find(registered, "node-1-flannel");
    const { unit, files, programs } = inputs as { unit: string; files: FileMap; programs: object };
    const daemon = "/opt/kubernetes/bin/flannel-444444444444/flanneld";
    expect(programs).toEqual({ [daemon]: "4".repeat(64) });
    for (const line of [`ExecStart=${daemon} `, "Environment=NODE_NAME=node-1\n", "--iface=10.0.0.11 "])
      expect(unit).toContain(line);
    expect(JSON.parse(files["/etc/kube-flannel/net-conf.json"]?.content ?? "")).toMatchObject({
      Network: "10.2.0.0/16",
      Backend: { Type: "vxlan", MTU: 1450 },
    });
    expect(secretInputs).toContain("secretFiles");
    const open = registered.map(({ inputs: all, secretInputs: hidden }) =>
      JSON.stringify(Object.entries(all).filter(([key]) => !hidden.includes(key))),
    );
    expect(open.filter((text) => text.includes(flannelKey.split("\n")[1] ?? "?"))).toEqual([]);
    expect(find(registered, "node-1-binaries").inputs["programs"]).toMatchObject({
      [daemon]: args.binaries.flanneld,
      "/opt/cni/bin/flannel": args.binaries.flannelCniPlugin,
    });
    const template = (find(registered, "node-1-containerd").inputs["files"] as FileMap)[
      "/etc/containerd/cni-template.conflist"
    ];
    expect(JSON.parse(template?.content ?? "")).toMatchObject({
      plugins: [{ type: "flannel", delegate: { mtu: 1400 } }, {}],
    });
    expect(find(registered, "node-1-preparation").inputs["kernelModules"]).toContain("vxlan");
    expect(JSON.stringify(find(registered, "node-1-kubelet").inputs)).toContain("masquerade.nft");
    expect(find(registered, "node-1-claim").inputs["units"]).toEqual([
      "kube-proxy.service",
      "flanneld.service",
      "kubelet.service",
      "kube-apiserver-proxy.service",
    ]);
    expect(find(registered, "node-1-verification").inputs["stdin"]).toMatch(/^[0-9a-f]{16} [0-9a-f]{16} [0-9a-f]{16}$/);
  });

  it("has no kube-proxy of its own with kubeProxyMode none, and asks for no binary of it", async () => {
    const { kubelet, cniPlugins } = args.binaries;
    const registered = await register({ kubeProxyMode: "none", binaries: { kubelet, cniPlugins } });
    expect(registered.filter(({ name }) => name.includes("kube-proxy"))).toEqual([]);
    expect(Object.keys(find(registered, "node-1-binaries").inputs["programs"] as object)).toEqual([
      "/opt/kubernetes/bin/1.37.2-111111111111/kubelet",
    ]);
    const { packages } = find(registered, "node-1-preparation").inputs as { packages: { command: string }[] };
    expect(packages.map(({ command }) => command)).toEqual(["mount", "nft"]);
  });

  it("prepares a host for mode ipvs with the scheduler's own module, now and after a reboot", async () => {
    const kubeProxyConfiguration = { ipvs: { scheduler: "wrr", strictARP: true, excludeCIDRs: ["10.9.0.0/16"] } };
    const registered = await register({ kubeProxyMode: "ipvs", kubeProxyConfiguration });
    const { kernelModules, packages, files } = find(registered, "node-1-preparation").inputs as {
      kernelModules: string[];
      packages: { command: string }[];
      files: FileMap;
    };
    const modules = ["br_netfilter", "dummy", "ip_set", "ip_vs", "ip_vs_wrr", "nf_conntrack", "overlay", "xt_set"];
    expect(kernelModules).toEqual(modules);
    const file = files["/etc/modules-load.d/kubernetes-worker-nodes.conf"]?.content;
    expect(file?.split("\n").filter((line) => modules.includes(line))).toEqual(modules);
    expect(packages.map(({ command }) => command)).toEqual([
      "mount",
      "nft",
      "iptables",
      "modprobe",
      "ipset",
      "ipvsadm",
    ]);
    const configuration = JSON.stringify(find(registered, "node-1-kube-proxy").inputs["files"]);
    for (const line of ["scheduler: wrr", "strictARP: true", "- 10.9.0.0/16", "mode: ipvs"])
      expect(configuration).toContain(line);
  });

  describe("with several API servers", () => {
    const cluster = without(args.cluster, ["apiServerEndpoint"]);
    const several = (apiServers: ClusterArgs["apiServers"]) => register({ cluster: { ...cluster, apiServers } });
    const local = "https://127.0.0.1:8443";

    it("has one resource more, the package for it, and kubelet and kube-proxy ask that", async () => {
      const registered = await several(["https://10.0.0.10:6443", "10.0.0.11:6443"]);
      expect(registered.filter(({ custom }) => custom)).toHaveLength(9);
      const { unitName, files, secretFiles } = find(registered, "node-1-api-server-proxy").inputs;
      expect([unitName, secretFiles]).toEqual(["kube-apiserver-proxy.service", undefined]);
      expect(files).toMatchObject({
        "/etc/kubernetes/kube-apiserver-proxy.cfg": { mode: "0600", reload: true },
        "/etc/kubernetes/pki/kube-apiserver-proxy-ca.crt": { reload: true, content: cluster.caCertPem },
      });
      expect(JSON.stringify(files)).toContain("server 10.0.0.10:6443 10.0.0.10:6443\\n");
      const { packages } = find(registered, "node-1-preparation").inputs as { packages: object[] };
      expect(packages).toContainEqual(expect.objectContaining({ command: "haproxy", unit: "haproxy.service" }));
      for (const name of ["node-1-kubelet", "node-1-kube-proxy"])
        expect(JSON.stringify(find(registered, name).inputs)).toContain(`server: ${local}`);
      const { preflight, units } = find(registered, "node-1-claim").inputs as { preflight: Script; units: string[] };
      expect(preflight.values).toMatchObject({ proxy_ports: ["8443", "8404"], subject: "IP Address:127.0.0.1" });
      expect(units.at(-1)).toBe("kube-apiserver-proxy.service");
    });

    it("does not change what kubelet and kube-proxy are made of when the list does", async () => {
      const [one, other] = [await several(["10.0.0.10:6443"]), await several(["10.0.0.12:6443"])];
      for (const name of ["node-1-kubelet", "node-1-kube-proxy", "node-1-preparation", "node-1-registration"])
        expect(find(other, name).inputs).toEqual(find(one, name).inputs);
    });

    it("keeps a list that is secret so", async () => {
      const registered = await several(pulumi.secret(["10.7.7.7:6443"]));
      const { secretInputs } = find(registered, "node-1-api-server-proxy");
      expect(secretInputs).toEqual(expect.arrayContaining(["secretFiles", "healthCheck"]));
      const open = registered.map(({ inputs, secretInputs: hidden }) =>
        JSON.stringify(Object.entries(inputs).filter(([key]) => !hidden.includes(key))),
      );
      expect(open.filter((text) => text.includes("10.7.7.7"))).toEqual([]);
    });
  });

  it("looks by a script that is on the host, by sudo for a user that is not root", async () => {
    const registered = await register();
    const { create, stdin, logging } = find(registered, "node-1-verification").inputs;
    expect(create).toBe(
      "sudo -n /opt/kubernetes/bin/verify-node 10.1.0.1:443=10.0.0.10:6443 10.2.0.0/24 10.0.0.11:10250 " +
        "node-2=10.0.0.12:10250=10.2.1.1,node-3=10.0.0.13:10250=10.2.2.1",
    );
    expect(stdin).toMatch(/^[0-9a-f]{16} [0-9a-f]{16}$/);
    expect(logging).toBe("none");
    const { files } = find(registered, "node-1-preparation").inputs as { files: FileMap };
    expect(files["/opt/kubernetes/bin/verify-node"]).toMatchObject({ mode: "0700", sealed: true });
    expect(files["/opt/kubernetes/bin/verify-node"]?.content).toMatch(/^#!\/bin\/sh\nmode=nftables\n/);
  });

  it("registers the same resources in a preview, where outputs are unknown", async () => {
    const registered = await recordResources(true);
    new WorkerNode("node-1", args);
    await settled();
    expect(registered.filter(({ custom }) => custom)).toHaveLength(8);
  });
});
