import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { selfSigned } from "../settings/testConfiguration";
import { Stranger } from "../support/stranger";
import { hostKey, workerNodeArgs } from "../support/workerNodeArgs";

const folder = join(__dirname, "../../examples");
const examples = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

const { connection, binaries, cluster, nodeName } = workerNodeArgs;
const node = { nodeName, connection, binaries };

let stranger: Stranger;
let outputs: Record<string, Record<string, unknown>>;
let configurations: Record<string, Record<string, unknown>>;

beforeAll(async () => {
  stranger = new Stranger();
  for (const name of examples) stranger.write(`${name}.mts`, readFileSync(join(folder, name, "index.ts"), "utf8"));
  const { certPem: ca, keyPem: caKey } = await selfSigned(true);
  const { kubeconfig, bootstrapToken: token, kubeProxyCertificate } = cluster;
  const { certPem, privateKeyPem } = kubeProxyCertificate;
  const machine = (index: number) => ({
    stdout: JSON.stringify({ address: `10.0.0.1${index}`, hostKey: hostKey(index) }),
  });
  outputs = {
    "tls:index/privateKey:PrivateKey": {
      privateKeyPem,
      privateKeyOpenssh: privateKeyPem,
      publicKeyOpenssh: hostKey(9),
    },
    "tls:index/certRequest:CertRequest": { certRequestPem: "REQUEST" },
    "tls:index/locallySignedCert:LocallySignedCert": { certPem },
    "pulumi:pulumi:StackReference": {
      outputs: {
        ...{ caCertPem: ca, caPrivateKeyPem: caKey, kubeconfig },
        ...{ kubernetesVersion: "1.37.2", apiServerEndpoint: cluster.apiServerEndpoint },
        ...{ clusterCIDR: cluster.clusterCIDR, clusterDNS: "10.1.0.2" },
      },
    },
    ...{ "node-1": machine(1), "node-2": machine(2) },
    "node-claim": { claim: { id: "claim-1", machineId: "machine-1", owner: "org/stranger/test" } },
  };
  const [sha256, sshKey] = ["1".repeat(64), connection.privateKey];
  const host = (index: number) => ({ name: `node-${index}`, address: `10.0.0.1${index}`, hostKey: hostKey(index) });
  configurations = {
    minimal: {
      ...{
        endpoint: cluster.apiServerEndpoint,
        host: "10.0.0.11",
        hostKey: hostKey(1),
        ca,
        caKey,
        kubeconfig,
        token,
        sshKey,
      },
      sha256: { kubelet: sha256, kubeProxy: sha256, cniPlugins: sha256 },
    },
    "two-pools": {
      ...{ controlPlaneStack: "org/control-plane/prod", token, sshKey },
      ...{ general: [host(1)], builds: [host(2)], binaries: { amd64: binaries } },
    },
    "hosts-in-the-same-up": { cluster, binaries: { amd64: binaries } },
    "other-pod-network": { cluster, hosts: [{ nodeName, connection }], binaries: { amd64: binaries } },
    seed: {
      ...{ ca, caKey, kubeconfig, token, apiServers: ["10.0.0.20:6443", "10.0.0.21:6443"] },
      ...{ hosts: [{ nodeName, connection }], binaries: { amd64: binaries } },
    },
    "single-components": { node: { ...node, cluster } },
  };
}, 60_000);
afterAll(() => stranger.remove());

const texts = (config: Record<string, unknown> = {}): Record<string, string> =>
  Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      `stranger:${key}`,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );

/** What tells that an example does what it says. */
const made: [string, string[]][] = [
  ["minimal", ["node-1-kubelet", "workers-bootstrap-token", "node-1-verification"]],
  ["two-pools", ["general", "builds", "node-1-kubelet", "node-2-kubelet"]],
  ["hosts-in-the-same-up", ["node-1", "node-2", "node-1-claim", "node-2-registration"]],
  ["other-pod-network", ["workers", "node-1-kubelet"]],
  [
    "seed",
    ["workers", "node-1-api-server-proxy", "node-1-flannel", "node-1-kube-proxy", "workers-kube-proxy-certificate"],
  ],
  ["single-components", ["node-claim", "node-binaries", "node-containerd", "node-kubelet", "node-registration"]],
];

test("each example is a program in strict TypeScript of somebody who has the packed package", () => {
  expect(made.map(([name]) => name).sort()).toEqual(examples.sort());
  const files = examples.map((name) => `${name}.mts`);
  expect(stranger.typeErrors(files, "nodenext", true)).toEqual([]);
});

test.each(made)("%s runs to its end and registers what it is about", (name, expected) => {
  const { registered } = stranger.runProgram(`${name}.mts`, outputs, texts(configurations[name]));
  expect(registered).toEqual(expect.arrayContaining(expected));
});

test("single-components has no kube-proxy", () => {
  const { registered } = stranger.runProgram(
    "single-components.mts",
    outputs,
    texts(configurations["single-components"]),
  );
  expect(registered.length).toBeGreaterThan(5);
  expect(registered.filter((name) => name.includes("kube-proxy"))).toEqual([]);
});
