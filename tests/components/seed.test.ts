import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ClusterBootstrap, WorkerNode, type WorkerNodeArgs } from "../../components";
import { paths } from "../../render";
import { recordResources, settled, type Registered } from "../support/pulumiMocks";
import { fieldsOf, seedText, type Fields } from "../support/seedFiles";
import { workerNodeArgs } from "../support/workerNodeArgs";
import { selfSigned } from "../settings/testConfiguration";
import { deviations, upstreamsDefault } from "../support/seedDeviations";

const errata = readFileSync(join(__dirname, "../../docs/errata.md"), "utf8");

/** The hand-made procedure's own setting: its names, ranges and token, ipvs, flannel, the API servers at 127.0.0.1:8443. */
const { flannelCertificate, ...cluster } = workerNodeArgs.cluster;
const args: WorkerNodeArgs = {
  ...workerNodeArgs,
  nodeName: "linux-node1",
  kubeProxyMode: "ipvs",
  cniMode: "flannel",
  cluster: {
    ...{ ...cluster, flannelCertificate },
    kubernetesVersion: "1.34.11",
    apiServerEndpoint: undefined,
    apiServers: ["192.168.150.141:6443"],
    clusterCIDR: "10.2.0.0/16",
    clusterDNS: ["10.1.0.2"],
    bootstrapToken: "be8dad.da8a699a46edc482",
  },
};

let registered: Registered[];
beforeAll(async () => {
  const { certPem: caCertPem, keyPem: caPrivateKeyPem } = await selfSigned(true);
  registered = await recordResources();
  new ClusterBootstrap("seed", { bootstrapToken: "be8dad.da8a699a46edc482", caCertPem, caPrivateKeyPem });
  new WorkerNode("linux-node1", args);
  await settled();
});

const inputsOf = (name: string, type: string): Record<string, unknown> =>
  registered.find((one) => one.name === name && one.type.includes(type))?.inputs ?? {};

function fileOf(service: string, path: string): string {
  const { files, secretFiles } = inputsOf(service, "SystemdService") as Record<
    string,
    Record<string, { content: string }>
  >;
  const text = files?.[path]?.content ?? secretFiles?.[path]?.content;
  if (text === undefined) throw new Error(`${service} has no ${path}`);
  return text;
}
const unitOf = (service: string): string => String(inputsOf(service, "SystemdService")["unit"]);
const object = (name: string): string => JSON.stringify(inputsOf(name, "kubernetes:"));

/** What this program has for each file. */
const ours: Record<string, () => string> = {
  "kubelet-bootstrap.kubeconfig": () => fileOf("linux-node1-kubelet", paths.bootstrapKubeconfig),
  "kubelet-conf.yaml": () => fileOf("linux-node1-kubelet", paths.kubeletConfiguration),
  "10-flannel.conflist": () => fileOf("linux-node1-containerd", paths.cniTemplate),
  "kubelet.service": () => unitOf("linux-node1-kubelet"),
  "bootstrap-token-secret.yaml": () => object("seed-bootstrap-token"),
  "kubelet-bootstrap-rbac.yaml": () =>
    ["kubelet-bootstrap", "node-autoapprove-bootstrap", "node-autoapprove-certificate-rotation"]
      .map((name) => object(`seed-${name}`))
      .join("\n---\n"),
  "kube-proxy-csr.json": () => {
    const { commonName, organization } = inputsOf("seed-kube-proxy-request", "tls:")["subject"] as Record<
      string,
      string
    >;
    const { algorithm, ecdsaCurve } = inputsOf("seed-kube-proxy-key", "tls:");
    return JSON.stringify({ CN: commonName, key: { algo: algorithm, size: ecdsaCurve }, names: [{ O: organization }] });
  },
  "kube-proxy.kubeconfig": () => fileOf("linux-node1-kube-proxy", paths.kubeProxyKubeconfig),
  "kube-proxy.config.yaml": () => fileOf("linux-node1-kube-proxy", paths.kubeProxyConfiguration),
  "kube-proxy.service": () => unitOf("linux-node1-kube-proxy"),
};

/** What stands for a certificate or a key. */
const placeholders = ["CA", "CERTIFICATE", "KEY"];
const isSame = (theirs: unknown, mine: unknown): boolean =>
  placeholders.includes(String(theirs)) ? typeof mine === "string" : JSON.stringify(theirs) === JSON.stringify(mine);

describe.each(Object.keys(ours))("the hand-made procedure's %s", (file) => {
  const reasons = deviations[file] ?? {};
  const explained = Object.values(reasons).flat();

  test("is made field by field, but for what has a reason", () => {
    const [theirs, mine]: Fields[] = [fieldsOf(file, seedText(file)), fieldsOf(file, ours[file]?.() ?? "")];
    const different = Object.keys(theirs ?? {}).filter((field) => !isSame(theirs?.[field], mine?.[field]));
    expect(different.sort()).toEqual([...explained].sort());
  });

  test("has its reasons in docs/errata.md", () => {
    const numbers = Object.keys(reasons).filter((reason) => /^\d+$/.test(reason));
    expect(numbers.filter((number) => !new RegExp(`^\\| ${number} +\\|`, "m").test(errata))).toEqual([]);
    const others = Object.keys(reasons).filter((reason) => !/^\d+$/.test(reason) && reason !== upstreamsDefault);
    expect(others.filter((words) => !errata.replace(/\s+/g, " ").includes(words))).toEqual([]);
  });
});
