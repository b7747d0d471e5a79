import { createHash } from "node:crypto";
import { dump } from "js-yaml";
import { WorkerNode, type WorkerNodeArgs } from "../../components";
import { expectGolden } from "../support/golden";
import { recordResources, settled } from "../support/pulumiMocks";
import { proxyKey, workerNodeArgs } from "../support/workerNodeArgs";

/** The release whose resources are kept here; the `up` after an upgrade from it has nothing to do. */
const release = "0.1.0";

/** The inputs that a node's resources are registered with, by resource and property; of files by path. */
async function digests(args: WorkerNodeArgs): Promise<string> {
  const registered = await recordResources();
  new WorkerNode(args.nodeName, args);
  await settled();
  const resources = registered.map(({ type, name, inputs }) => [`${name} (${type})`, digestsOf(inputs)]);
  return dump(Object.fromEntries(resources), { sortKeys: true });
}

function digestsOf(values: object): Record<string, unknown> {
  const of = ([key, value]: [string, unknown]): [string, unknown] => [
    key,
    /files/i.test(key) && typeof value === "object" && value !== null ? digestsOf(value) : digest(value),
  ];
  return Object.fromEntries(Object.entries(values).map(of));
}

/** kube-proxy's key is made anew for each run of the tests. */
function digest(value: unknown): string {
  const text = JSON.stringify(value) ?? "";
  const fixed = text.replaceAll(Buffer.from(proxyKey).toString("base64"), "KEY");
  return createHash("sha256").update(fixed).digest("hex").slice(0, 12);
}

describe(`an upgrade of the package from ${release}`, () => {
  const ipvs = { kubeProxyMode: "ipvs", kubeProxyConfiguration: { ipvs: { scheduler: "wrr" } } } as const;
  const ofOthers = { cniMode: "none", kubeProxyMode: "none" } as const;

  it.each<[string, Partial<WorkerNodeArgs>]>([
    ["plain", {}],
    ["ipvs", { ...ipvs, kubeletConfiguration: { maxPods: 200 }, nodeIP: "10.0.0.11" }],
    ["another-network", { ...ofOthers, cluster: { ...workerNodeArgs.cluster, kubernetesVersion: "1.34.11" } }],
  ])("changes nothing of a node: %s", async (name, change) => {
    expectGolden(__dirname, `inputs-${release}-${name}.yaml`, await digests({ ...workerNodeArgs, ...change }));
  });
});
