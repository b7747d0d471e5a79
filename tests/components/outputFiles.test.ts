import * as pulumi from "@pulumi/pulumi";
import { WorkerPool, type HostArgs, type WorkerPoolArgs } from "../../components";
import { recordResources, settled, type Registered } from "../support/pulumiMocks";
import { unknownOutput } from "../support/unknownOutput";
import { hostKey, workerNodeArgs } from "../support/workerNodeArgs";

const { cluster, binaries } = workerNodeArgs;

function host(index: number): HostArgs {
  return { nodeName: `node-${index}`, connection: { host: `10.0.0.1${index}`, hostKey: hostKey(index) } };
}

function pool(name: string, hosts: HostArgs[], change: Partial<WorkerPoolArgs> = {}): WorkerPool {
  return new WorkerPool(name, { cluster, binaries: { amd64: binaries }, hosts, ...change });
}

describe("a file with a value that is an Output", () => {
  const files: [string, string, (value: pulumi.Output<string>) => Partial<WorkerPoolArgs>, string][] = [
    [
      "the kubelet's configuration",
      "kubelet",
      (value) => ({ kubeletConfiguration: { staticPodURLHeader: { Authorization: [value] } } }),
      "/var/lib/kubelet/config.yaml",
    ],
    [
      "the kubelet's configuration, with clusterDomain",
      "kubelet",
      (clusterDomain) => ({ cluster: { ...cluster, clusterDomain } }),
      "/var/lib/kubelet/config.yaml",
    ],
    [
      "kube-proxy's configuration",
      "kube-proxy",
      (value) => ({ kubeProxyConfiguration: pulumi.output({ showHiddenMetricsForVersion: value }) }),
      "/etc/kubernetes/kube-proxy-config.yaml",
    ],
    [
      "containerd's drop-in",
      "containerd",
      (value) => ({ containerdConfiguration: { plugins: { x: { password: value } } } }),
      "/etc/containerd/conf.d/kubernetes-worker-nodes.toml",
    ],
    [
      "containerd's drop-in, with sandboxImage",
      "containerd",
      (sandboxImage) => ({ sandboxImage }),
      "/etc/containerd/conf.d/kubernetes-worker-nodes.toml",
    ],
  ];

  async function registeredWith(change: Partial<WorkerPoolArgs>): Promise<Registered[]> {
    const registered = await recordResources();
    pool("late", [host(1)], change);
    await settled();
    return registered;
  }

  const inputsOf = (registered: Registered[], service: string): Record<string, Record<string, { content: string }>> => {
    const found = registered.find(({ custom, name }) => custom && name === `node-1-${service}`);
    return (found?.inputs ?? {}) as Record<string, Record<string, { content: string }>>;
  };

  test.each(files)(
    "is secret in the state and for root alone where the value is secret: %s",
    async (_, service, change, path) => {
      const registered = await registeredWith(change(pulumi.secret("hush")));
      const open = registered.filter(({ inputs, secretInputs }) =>
        JSON.stringify(Object.entries(inputs).filter(([key]) => !secretInputs.includes(key))).includes("hush"),
      );
      expect(open.map(({ name }) => name)).toEqual([]);
      const { files, secretFiles } = inputsOf(registered, service);
      expect(secretFiles?.[path]).toMatchObject({ mode: "0600", content: expect.stringContaining("hush") as string });
      expect(files).not.toHaveProperty([path]);
    },
  );

  test.each(files)("is to be seen in a diff where the value is not secret: %s", async (_, service, change, path) => {
    const { files, secretFiles } = inputsOf(await registeredWith(change(pulumi.output("hush"))), service);
    expect(files?.[path]?.content).toContain("hush");
    expect(secretFiles).not.toHaveProperty([path]);
  });

  test("is not known in a preview, as is no more than what it stands in", async () => {
    const registered = await recordResources(true);
    const clusterDomain = unknownOutput();
    const unknown = { __pulumiUnknown: true };
    pool("unknown", [host(1)], { cluster: { ...cluster, clusterDomain } });
    await settled();
    const { files, unit } = inputsOf(registered, "kubelet");
    expect(files).toEqual(unknown);
    expect(unit).toContain("--hostname-override=node-1");
    expect(inputsOf(registered, "kube-proxy")["files"]).not.toEqual(unknown);
    expect(registered.filter(({ custom }) => custom)).toHaveLength(8);
  });
});
