import * as pulumi from "@pulumi/pulumi";
import { WorkerNode, WorkerPool } from "../../components";
import { connectionInput } from "../../host/connection";
import { loadSettings } from "../../settings";
import { ownNodes, poolArgs } from "../../settings/componentArgs";
import { secretKeys } from "../../settings/schema";
import { recordResources, settled, type Registered } from "../support/pulumiMocks";
import { workerNodeArgs } from "../support/workerNodeArgs";
import { publicKeyLine, selfSigned, testConfiguration, type KeyPair } from "./testConfiguration";

const namespace = "kubernetes-worker-nodes";
const hush = "HUSH";
let ca: KeyPair;

beforeAll(async () => {
  ca = await selfSigned(true);
});

/** What a stack registers for its nodes, where it keeps `encrypted` encrypted, wholly or in part. */
async function register(change: Record<string, unknown>, encrypted: string[]): Promise<Registered[]> {
  const registered = await recordResources();
  const texts = Object.entries({ ...testConfiguration(ca), ...change }).map(([key, value]) => [
    `${namespace}:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const keys = [...secretKeys, ...encrypted].map((key) => `${namespace}:${key}`);
  pulumi.runtime.setAllConfig(Object.fromEntries(texts) as Record<string, string>, keys);
  const settings = await loadSettings();
  const { apiServerEndpoint, caCertPem, clusterCIDR, clusterDNS, clusterDomain } = settings;
  const { bootstrapToken, kubeProxyCertificate } = workerNodeArgs.cluster;
  const cluster = {
    ...{ apiServerEndpoint, caCertPem, clusterCIDR, clusterDNS, clusterDomain },
    ...{ bootstrapToken, kubeProxyCertificate, kubeconfig: settings.secrets.kubeconfig },
  };
  for (const pool of settings.pools) {
    const parent = new WorkerPool(pool.name, poolArgs(settings, pool, cluster));
    ownNodes(settings, pool, cluster).forEach((args) => new WorkerNode(args.nodeName, args, { parent }));
  }
  await settled();
  return registered;
}

/** Names of the resources, and the inputs of theirs, that show the word. */
function shown(registered: Registered[], word = hush): string[] {
  return registered.flatMap(({ name, inputs, secretInputs }) =>
    Object.entries(inputs)
      .filter(([key, value]) => !isSecret(key, value, secretInputs, word) && JSON.stringify(value).includes(word))
      .map(([key]) => `${name} ${key}`),
  );
}

/** As a whole, or in each of its fields that has the word. */
function isSecret(key: string, value: unknown, secretInputs: string[], word: string): boolean {
  const fields = typeof value === "object" && value !== null ? Object.entries(value) : [];
  const showing = fields
    .filter(([, item]) => JSON.stringify(item ?? null).includes(word))
    .map(([field]) => `${key}.${field}`);
  return secretInputs.includes(key) || (showing.length > 0 && showing.every((path) => secretInputs.includes(path)));
}

const binary = { sha256: "a".repeat(64) };
const host = { name: "node-1", address: "10.231.0.11", hostKey: publicKeyLine("ssh-ed25519", 1) };
const otherHost = { name: "other", address: "10.231.0.19", hostKey: publicKeyLine("ssh-ed25519", 9) };
const changes: [string, unknown][] = [
  ["kubeletConfiguration", { staticPodURLHeader: { Authorization: [hush] } }],
  ["kubeletConfiguration", { healthzPort: 10333, providerID: hush }],
  ["kubeProxyConfiguration", { showHiddenMetricsForVersion: hush }],
  ["containerdConfiguration", { plugins: { registry: { auth: { password: hush } } } }],
  ["hosts", [{ ...host, labels: { team: hush } }]],
  ["hosts", [{ ...host, taints: [`team=${hush}:NoSchedule`] }]],
  ["hosts", [{ ...host, kubeletConfiguration: { providerID: hush } }]],
  ["pools", { a: { labels: { team: hush }, hosts: [otherHost] } }],
  ["pools", { a: { kubeletConfiguration: { providerID: hush }, hosts: [otherHost] } }],
  ["pools", { a: { hosts: [{ ...otherHost, containerdConfiguration: { x: hush } }] } }],
  ["sandboxImage", `registry.example/${hush}`],
  [
    "binaries",
    {
      amd64: {
        kubelet: { ...binary, source: `https://x.example/?${hush}` },
        kubeProxy: binary,
        cniPlugins: { ...binary, source: `https://x.example/?${hush}` },
      },
    },
  ],
];

describe("what the stack keeps encrypted in an object", () => {
  test.each(changes)("stays secret: %s %j", async (key, value) => {
    const registered = await register({ [key]: value }, [key]);
    expect(JSON.stringify(registered)).toContain(hush);
    expect(shown(registered)).toEqual([]);
  });

  // So the search finds, and the rest of a stack's settings is to be seen in its diffs.
  test.each(changes)("and what it keeps in clear is shown: %s %j", async (key, value) => {
    expect(shown(await register({ [key]: value }, []))).not.toEqual([]);
  });

  test("hosts: also how each is reached", async () => {
    await recordResources();
    const keys = [...secretKeys, "hosts"].map((key) => `${namespace}:${key}`);
    const texts = Object.entries(testConfiguration(ca)).map(([key, value]) => [
      `${namespace}:${key}`,
      typeof value === "string" ? value : JSON.stringify(value),
    ]);
    for (const [encrypted, expected] of [
      [keys, true],
      [keys.slice(0, -1), false],
    ] as const) {
      pulumi.runtime.setAllConfig(Object.fromEntries(texts) as Record<string, string>, [...encrypted]);
      const settings = await loadSettings();
      const [first] = settings.pools.flatMap((pool) => poolArgs(settings, pool, workerNodeArgs.cluster).hosts);
      const { host, user, hostKey } = connectionInput(first?.connection as never);
      for (const field of [host, user, hostKey]) expect(await pulumi.isSecret(pulumi.output(field))).toBe(expected);
    }
  });

  test.each([
    ["clusterCIDR", "10.2.0.0/17"],
    ["clusterDomain", "hushed.local"],
    ["clusterDNS", ["10.1.0.77"]],
    ["sshUser", "hushed"],
  ])("%s: where the file stands that it ends in", async (key, value) => {
    const word = String(value);
    expect(shown(await register({ [key]: value }, [key]), word)).toEqual([]);
    if (key !== "sshUser") expect(shown(await register({ [key]: value }, []), word)).not.toEqual([]);
  });
});
