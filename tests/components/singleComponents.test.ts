import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import * as library from "../../components";
import { recordResources, settled, type Registered } from "../support/pulumiMocks";
import { caCertPem, workerNodeArgs } from "../support/workerNodeArgs";
import { selfSigned } from "../settings/testConfiguration";

const { connection, nodeName, cluster, binaries } = workerNodeArgs;
const claim = { id: "claim-1", machineId: "machine-1", owner: "org/project/stack" };
const apiServers = ["10.0.0.10:6443", "10.0.0.11:6443"];
const { kubernetesVersion, apiServerEndpoint, clusterCIDR, clusterDNS } = cluster;
const { bootstrapToken, kubeProxyCertificate, flannelCertificate, kubeconfig } = cluster;

type Make = (opts: pulumi.ComponentResourceOptions & pulumi.CustomResourceOptions) => pulumi.Resource;

/** Each component with no more than what it needs. */
const components: Record<string, Make> = {
  HostClaim: (opts) =>
    new library.HostClaim(
      "one",
      { nodeName, connection, cluster: { kubernetesVersion, clusterCIDR, caCertPem, kubeconfig } },
      opts,
    ),
  HostPreparation: (opts) => new library.HostPreparation("one", { connection, claim, cluster: { clusterCIDR } }, opts),
  NodeBinaries: (opts) =>
    new library.NodeBinaries("one", { connection, claim, binaries, cluster: { kubernetesVersion } }, opts),
  ContainerRuntime: (opts) =>
    new library.ContainerRuntime("one", { connection, claim, cluster: { clusterCIDR } }, opts),
  ApiServerProxy: (opts) =>
    new library.ApiServerProxy("one", { connection, claim, cluster: { apiServers, caCertPem } }, opts),
  Kubelet: (opts) =>
    new library.Kubelet(
      "one",
      {
        ...{ nodeName, connection, claim, binaries: { kubelet: binaries.kubelet } },
        cluster: { kubernetesVersion, apiServerEndpoint, caCertPem, clusterCIDR, clusterDNS, bootstrapToken },
      },
      opts,
    ),
  KubeProxy: (opts) =>
    new library.KubeProxy(
      "one",
      {
        ...{ nodeName, connection, claim, binaries: { kubeProxy: binaries.kubeProxy } },
        cluster: { kubernetesVersion, apiServerEndpoint, caCertPem, clusterCIDR, kubeProxyCertificate },
      },
      opts,
    ),
  Flannel: (opts) =>
    new library.Flannel(
      "one",
      {
        ...{ nodeName, connection, claim, binaries: { flanneld: binaries.flanneld } },
        cluster: { kubernetesVersion, apiServerEndpoint, caCertPem, clusterCIDR, flannelCertificate },
      },
      opts,
    ),
  NodeRegistration: (opts) =>
    new library.NodeRegistration(
      "one",
      { kubeconfig, nodeName, claim, kubeletVersion: "v1.37.2", revision: "1" },
      opts,
    ),
  WorkerNode: (opts) => new library.WorkerNode("one", workerNodeArgs, opts),
};
const names = Object.keys(components);

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

describe("resource options", () => {
  /** What the engine is told of each resource that is made with some options. */
  async function requests(make: Make, opts: () => Parameters<Make>[0]): Promise<Map<string, Request>> {
    const told = new Map<string, Request>();
    const newResource = ({ name, inputs }: pulumi.runtime.MockResourceArgs) => ({
      id: `${name}-id`,
      state: inputs as Record<string, unknown>,
    });
    await pulumi.runtime.setMocks({ newResource, call: () => ({}) }, "kubernetes-worker-nodes", "test");
    const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
    const register = monitor.registerResource.bind(monitor);
    monitor.registerResource = (request, answer) => {
      told.set(`${request.getType()} ${request.getName()}`, {
        parent: request.getParent(),
        protect: request.getProtect() === true,
        retain: request.getRetainondelete() === true,
        aliases: request.getAliasesList().length,
        dependencies: request.getDependenciesList(),
        providers: [
          request.getProvider(),
          ...request
            .getProvidersMap()
            .toObject()
            .map(([, provider]) => provider),
        ],
        transforms: request.getTransformsList().length,
      });
      return register(request, answer);
    };
    make(opts());
    await settled();
    return told;
  }
  interface Request {
    parent: string;
    protect: boolean;
    retain: boolean;
    aliases: number;
    dependencies: string[];
    providers: string[];
    transforms: number;
  }
  /** What of the connection to the engine is looked at. */
  interface Monitor {
    registerResource: (request: RegisterResourceRequest, answer: unknown) => Promise<void>;
  }

  const topOf = (told: Map<string, Request>): [string, Request] => {
    const found = [...told].find(([key]) => key.endsWith(" one") && !key.includes(":SystemdService "));
    if (found === undefined) throw new Error(`none of ${[...told.keys()].join()} is the component`);
    return found;
  };

  test.each(names)(
    "of %s are its own: parent, dependsOn, aliases, protect, retainOnDelete, transforms",
    async (name) => {
      const told = await requests(components[name] as Make, () => {
        const rack = new pulumi.ComponentResource("stranger:index:Rack", "rack");
        const before = new kubernetes.core.v1.Namespace("before");
        return {
          parent: rack,
          dependsOn: [before],
          aliases: [{ name: "former" }],
          protect: true,
          retainOnDelete: true,
          transforms: [() => undefined],
        };
      });
      const [, request] = topOf(told);
      expect(request.parent).toMatch(/Rack::rack$/);
      expect(request.dependencies).toEqual([expect.stringMatching(/Namespace::before$/)]);
      expect(request.aliases).toBeGreaterThan(0);
      expect([request.protect, request.retain, request.transforms]).toEqual([true, true, 1]);
    },
  );

  test("providers of ClusterBootstrap are those of its children", async () => {
    const { certPem, keyPem } = await selfSigned(true);
    const args = { bootstrapToken, caCertPem: certPem, caPrivateKeyPem: keyPem };
    const told = await requests(
      (opts) => new library.ClusterBootstrap("one", args, opts),
      () => ({ providers: [new kubernetes.Provider("mine", { kubeconfig })] }),
    );
    const provider = told.get("kubernetes:core/v1:Secret one-bootstrap-token")?.providers[0];
    expect(provider).toMatch(/pulumi:providers:kubernetes::mine::/);
  });
});
