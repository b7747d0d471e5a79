import {
  flanneldPath,
  programPath,
  renderApiServerProxyConfiguration,
  renderApiServerProxyUnit,
  renderCniConflistTemplate,
  renderContainerdConfig,
  renderFlannelConfiguration,
  renderFlannelConflist,
  renderFlannelUnit,
  renderKubeconfig,
  renderKubeletConfiguration,
  renderKubeletUnit,
  renderKubeProxyConfiguration,
  renderKubeProxyUnit,
  renderMasqueradeRules,
  renderModulesLoad,
  renderSysctl,
  requiredModules,
  requiredSysctls,
} from "../../render";
import { expectGolden } from "../support/golden";

const cluster = { kubernetesVersion: "1.37.2", clusterDNS: ["10.1.0.2"], clusterDomain: "cluster.local" };
const proxy = { kubernetesVersion: "1.37.2", nodeName: "worker-1", clusterCIDR: "10.2.0.0/16" } as const;
const flannel = { program: flanneldPath("d".repeat(64)), nodeName: "Worker-1" };
const api = { clusterName: "kubernetes", server: "https://10.0.0.10:6443", caCertPem: "-----CA-----\n" };
const endpoint = "https://127.0.0.1:8443";

/** File name in testdata -> what must be in it. One look at the file says what a host gets. */
const documents: Record<string, () => string> = {
  "kubelet-configuration.yaml": () => renderKubeletConfiguration(cluster),
  "kubelet-configuration-overridden.yaml": () =>
    renderKubeletConfiguration({
      ...cluster,
      kubernetesVersion: "1.34.4",
      overrides: {
        maxPods: 50,
        failSwapOn: false,
        seccompDefault: null,
        authentication: { webhook: { cacheTTL: "10s" } },
        tlsCipherSuites: ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"],
        evictionHard: { "memory.available": "200Mi" },
      },
    }),
  "kube-proxy-nftables.yaml": () => renderKubeProxyConfiguration({ ...proxy, mode: "nftables" }),
  "kube-proxy-iptables.yaml": () =>
    renderKubeProxyConfiguration({ ...proxy, mode: "iptables", overrides: { conntrack: { maxPerCore: 0 } } }),
  "kube-proxy-ipvs.yaml": () =>
    renderKubeProxyConfiguration({ ...proxy, mode: "ipvs", overrides: { ipvs: { scheduler: "wrr" } } }),
  "kubelet.service": () =>
    renderKubeletUnit({ program: programPath("kubelet", "1.37.2", "a".repeat(64)), nodeName: "worker-1" }),
  "kubelet-bridge.service": () =>
    renderKubeletUnit({
      program: programPath("kubelet", "1.36.3", "b".repeat(64)),
      nodeName: "worker-1",
      nodeIP: "10.0.0.11,fd00::11",
      verbosity: 4,
      masquerade: true,
    }),
  "kube-proxy.service": () => renderKubeProxyUnit({ program: programPath("kube-proxy", "1.37.2", "c".repeat(64)) }),
  "kube-apiserver-proxy.cfg": () =>
    renderApiServerProxyConfiguration({ ...api, servers: ["10.0.0.10:6443", "10.0.0.11:6443"], endpoint }),
  "kube-apiserver-proxy-names.cfg": () =>
    renderApiServerProxyConfiguration({
      ...api,
      servers: ["api-1.example:443", "[fd00::10]:6443"],
      endpoint: "https://[::1]:7443",
    }),
  "kube-apiserver-proxy.service": () => renderApiServerProxyUnit(),
  "bootstrap-kubeconfig.yaml": () =>
    renderKubeconfig({ ...api, userName: "kubelet-bootstrap", token: "abcdef.0123456789abcdef" }),
  "kube-proxy-kubeconfig.yaml": () =>
    renderKubeconfig({
      ...api,
      userName: "kube-proxy",
      clientCertificatePem: "-----CERTIFICATE-----\n",
      clientKeyPem: "-----KEY-----\n",
    }),
  "containerd-bridge.toml": () => renderContainerdConfig({ cniMode: "bridge" }),
  "containerd-none.toml": () =>
    renderContainerdConfig({
      cniMode: "none",
      sandboxImage: "registry.example.com/pause:3.10",
      overrides: { plugins: { "io.containerd.cri.v1.images": { max_concurrent_downloads: 5 } } },
    }),
  "cni-bridge.conflist": () => renderCniConflistTemplate({ ipFamilies: 1, kubeProxyMode: "nftables" }),
  "cni-bridge-dual-stack.conflist": () =>
    renderCniConflistTemplate({ ipFamilies: 2, kubeProxyMode: "iptables", mtu: 1450, hairpinMode: false }),
  "cni-flannel.conflist": () => renderFlannelConflist({ kubeProxyMode: "nftables" }),
  "flannel-vxlan.json": () => renderFlannelConfiguration({ clusterCIDR: "10.2.0.0/16", backend: "vxlan", mtu: 1400 }),
  "flannel-host-gw-dual-stack.json": () =>
    renderFlannelConfiguration({ clusterCIDR: "10.2.0.0/16,fd00:2::/48", backend: "host-gw", mtu: 1400 }),
  "flanneld.service": () => renderFlannelUnit({ ...flannel, clusterCIDR: "10.2.0.0/16" }),
  "flanneld-dual-stack.service": () =>
    renderFlannelUnit({ ...flannel, clusterCIDR: "10.2.0.0/16,fd00:2::/48", nodeIP: "10.0.0.11,fd00::11" }),
  "masquerade.conf": () => renderMasqueradeRules({ clusterCIDR: "10.2.0.0/16" }),
  "masquerade-dual-stack.conf": () => renderMasqueradeRules({ clusterCIDR: "10.2.0.0/16,fd00:2::/48" }),
  "sysctl-bridge.conf": () => renderSysctl(requiredSysctls({ cniMode: "bridge" })),
  "sysctl-none.conf": () => renderSysctl(requiredSysctls({ cniMode: "none" })),
  "modules-nftables-bridge.conf": () =>
    renderModulesLoad(requiredModules({ kubeProxyMode: "nftables", cniMode: "bridge" })),
  "modules-nftables-flannel.conf": () =>
    renderModulesLoad(requiredModules({ kubeProxyMode: "nftables", cniMode: "flannel" })),
  "modules-ipvs-none.conf": () => renderModulesLoad(requiredModules({ kubeProxyMode: "ipvs", cniMode: "none" })),
};

describe("files on a host", () => {
  test.each(Object.keys(documents))("%s", (name) => {
    expectGolden(__dirname, name, documents[name]?.() ?? "");
  });

  test("a node name is lower case in the kubelet's flags and in kube-proxy's configuration alike", () => {
    expect(renderKubeletUnit({ program: "/kubelet", nodeName: "Worker-1" })).toContain("--hostname-override=worker-1 ");
    expect(renderKubeProxyConfiguration({ ...proxy, nodeName: "Worker-1", mode: "nftables" })).toContain(
      "hostnameOverride: worker-1\n",
    );
  });

  test.each([
    ["of the cluster's family only", "10.2.0.0/16", "fd00::11,10.0.0.11", ["--iface=10.0.0.11"]],
    ["of IPv6 alone", "fd00:2::/48", "10.0.0.11,fd00::11", ["--iface=fd00::11", "--public-ipv6=fd00::11"]],
    ["of which one is a question to the kubelet", "10.2.0.0/16", "0.0.0.0", []],
    ["of which there is none", "10.2.0.0/16", undefined, []],
  ])("flanneld's interface is that of a nodeIP %s", (_case, clusterCIDR, nodeIP, flags) => {
    const unit = renderFlannelUnit({ ...flannel, clusterCIDR, nodeIP });
    expect(unit.match(/--(iface|public-ipv6)=\S+/g) ?? []).toEqual(flags);
  });

  test("a host of backend host-gw needs no module for it", () => {
    const needs = { kubeProxyMode: "none", cniMode: "flannel", flannelBackend: "host-gw" } as const;
    expect(requiredModules(needs)).not.toContain("vxlan");
  });

  test("a refused override throws with every reason instead of being written", () => {
    const render = () => renderKubeletConfiguration({ ...cluster, overrides: { podCIDR: "10.0.0.0/8", maxPod: 1 } });
    expect(render).toThrow(/podCIDR: has no effect[^]*maxPod: is no field/);
  });

  test("a kubeconfig needs one kind of credential", () => {
    expect(() => renderKubeconfig({ ...api, userName: "x" })).toThrow("needs either token, or");
    expect(() => renderKubeconfig({ ...api, userName: "x", token: "t", clientKeyPem: "k" })).toThrow("needs either");
  });

  test("what is no range never reaches the masquerade rules", () => {
    expect(() => renderMasqueradeRules({ clusterCIDR: "10.2.0.0/16 accept;" })).toThrow("must be a range");
  });

  test("a Node has one range or two", () => {
    expect(() => renderCniConflistTemplate({ ipFamilies: 3, kubeProxyMode: "nftables" })).toThrow("ipFamilies is 3");
  });
});
