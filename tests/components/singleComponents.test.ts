import * as library from "../../components";
import { recordResources, settled, type Registered } from "../support/pulumiMocks";
import { apiServers, claim, components, names } from "../support/singleComponents";
import { workerNodeArgs } from "../support/workerNodeArgs";
import { selfSigned } from "../settings/testConfiguration";

const { cluster, binaries } = workerNodeArgs;

async function register(make: () => unknown): Promise<Registered[]> {
  const registered = await recordResources();
  make();
  await settled();
  return registered;
}

describe("a component alone", () => {
  const parts = names.filter((name) => !["WorkerNode", "NodeRegistration"].includes(name));

  test.each(parts)("%s is made of what it needs, or of all that a node is made of", async (name) => {
    const registered = await register(() => components[name]?.({}));
    expect(registered.filter(({ custom }) => custom)).not.toEqual([]);
    const Part = library[name as "Kubelet"];
    const underClaim = name === "HostClaim" ? {} : { claim };
    const proxied = { cluster: { ...cluster, apiServers, apiServerEndpoint: undefined } };
    const more = name === "ApiServerProxy" ? proxied : {};
    const all = await register(() => new Part("one", { ...workerNodeArgs, ...underClaim, ...more } as never));
    expect(all.map(({ type }) => type)).toEqual(registered.map(({ type }) => type));
  });

  test("is the same that a WorkerNode makes", async () => {
    const node = await register(() => components["WorkerNode"]?.({}));
    const kubelet = await register(() => new library.Kubelet("one-kubelet", { ...workerNodeArgs, claim }));
    const unitOf = (all: Registered[]): unknown =>
      all.find(({ custom, name }) => custom && name === "one-kubelet")?.inputs["unit"];
    expect(unitOf(kubelet)).toBe(unitOf(node));
  });

  test("KubeProxyCertificate is the client certificate of system:kube-proxy", async () => {
    const { certPem, keyPem } = await selfSigned(true);
    const registered = await register(
      () => new library.KubeProxyCertificate("proxy", { caCertPem: certPem, caPrivateKeyPem: keyPem }),
    );
    const request = registered.find(({ type }) => type.endsWith(":CertRequest"));
    expect(request?.inputs["subject"]).toMatchObject({ commonName: "system:kube-proxy" });
    expect(registered.map(({ name }) => name)).toContain("proxy-kube-proxy-certificate");
  });

  test("FlannelAccess is a client certificate and what its user may do", async () => {
    const { certPem, keyPem } = await selfSigned(true);
    const registered = await register(
      () => new library.FlannelAccess("one", { caCertPem: certPem, caPrivateKeyPem: keyPem }),
    );
    expect(
      registered
        .filter(({ custom }) => custom)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(["", "-certificate", "-key", "-request", "-role"].map((end) => `one-flannel${end}`));
  });

  test.each([
    ["Kubelet", { nodeName: "Node-1" }, 'Kubelet "one": 1 error in its arguments:\n  nodeName: "Node-1" has capitals'],
    ["Kubelet", { claim: undefined }, "\n  claim: is no claim; give the output claim of a HostClaim"],
    ["Kubelet", { binaries: {} }, "\n  binaries.kubelet: is required"],
    ["Kubelet", { cluster: { ...cluster, clusterDNS: undefined } }, "\n  cluster.clusterDNS: is required"],
    [
      "KubeProxy",
      { kubeProxyConfiguration: { mode: "x" } },
      "\n  kubeProxyConfiguration.mode: is the setting kubeProxyMode",
    ],
    [
      "KubeProxy",
      { cluster: { ...cluster, kubeProxyCertificate: undefined } },
      "cluster.kubeProxyCertificate: is required",
    ],
    [
      "Flannel",
      { cluster: { ...cluster, flannelCertificate: undefined } },
      "cluster.flannelCertificate: is required with cniMode",
    ],
    ["Flannel", { binaries: {} }, "binaries.flanneld: is required; write an object with sha256"],
    ["ApiServerProxy", {}, 'ApiServerProxy "one": without cluster.apiServers there is none; leave it out'],
    [
      "ApiServerProxy",
      { cluster: { ...cluster, apiServers } },
      'cluster.apiServerEndpoint: "https://10.0.0.10:6443" is not an address of the node itself',
    ],
    [
      "Kubelet",
      { cluster: { ...cluster, apiServerEndpoint: undefined } },
      "cluster.apiServerEndpoint: is required; write",
    ],
    ["ContainerRuntime", { cniMode: "calico" }, '\n  cniMode: "calico" is not one of the known words'],
    ["HostClaim", { connection: { host: "10.0.0.11" } }, "\n  connection.hostKey: is required"],
    [
      "NodeBinaries",
      { binaries: { ...binaries, cniPlugins: undefined } },
      'cniPlugins: is required with cniMode "bridge"',
    ],
    ["HostPreparation", { kubeproxyMode: "nftables" }, 'is not a known key; did you mean "kubeProxyMode"?'],
  ])("%s refuses what a node would, in its own name: %j", async (name, change, expected) => {
    const registered = await recordResources();
    const Part = library[name as "Kubelet"];
    const underClaim = name === "HostClaim" ? {} : { claim };
    expect(() => new Part("one", { ...workerNodeArgs, ...underClaim, ...change } as never)).toThrow(expected);
    await settled();
    expect(registered).toEqual([]);
  });
});
