import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { version } from "@pulumi/command/package.json";
import { satisfies } from "semver";
import * as manifest from "../../package.json";
import { Stranger, type Resolution } from "../support/stranger";
import { selfSigned } from "../settings/testConfiguration";
import { hostKey, workerNodeArgs } from "../support/workerNodeArgs";

const project = join(__dirname, "../..");

/**
 * A program of somebody else, in strict TypeScript, in which all that may be an Output is one; `values.json` has what a stack's
 * configuration would.
 */
const program = `
import * as pulumi from "@pulumi/pulumi";
import { ClusterBootstrap, WorkerPool } from "kubernetes-worker-nodes";
import type { BinaryArgs, ClusterArgs, HostArgs, KubeletConfiguration } from "kubernetes-worker-nodes";
import { readFileSync } from "node:fs";

interface Values { endpoint: string; kubeconfig: string; ca: string; caKey: string; hostKeys: string[] }
const values: pulumi.Output<Values> = pulumi.output(JSON.parse(readFileSync("values.json", "utf8")) as Values);
const sha256 = pulumi.output("0".repeat(64));

class Rack extends pulumi.ComponentResource {
  readonly ready: pulumi.Output<string[]>;
  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("stranger:index:Rack", name, {}, opts);
    const bootstrap = new ClusterBootstrap(
      "workers",
      { bootstrapToken: pulumi.secret("abcdef.0123456789abcdef"), caCertPem: values.ca, caPrivateKeyPem: values.caKey },
      { parent: this },
    );
    const cluster: ClusterArgs = {
      kubernetesVersion: pulumi.output("1.37.2"),
      clusterName: pulumi.output("mine"),
      apiServerEndpoint: values.endpoint,
      caCertPem: values.ca,
      clusterCIDR: pulumi.output("10.2.0.0/16"),
      clusterDNS: [pulumi.output("10.1.0.2")],
      clusterDomain: pulumi.output("cluster.local"),
      bootstrapToken: bootstrap.bootstrapToken,
      kubeProxyCertificate: bootstrap.kubeProxyCertificate,
      kubeconfig: pulumi.secret(values.kubeconfig),
    };
    const file = (source: string): BinaryArgs => ({ source: pulumi.output(source), sha256 });
    const binaries = { amd64: { kubelet: file("kubelet"), kubeProxy: file("kube-proxy"), cniPlugins: file("cni.tgz") } };
    const host = (index: number): HostArgs => ({
      nodeName: "node-" + index,
      connection: { host: pulumi.output("10.0.0.1" + index), port: pulumi.output(22), hostKey: values.hostKeys.apply((keys) => keys[index] ?? "") },
      labels: { rack: pulumi.output("r0") },
      taints: [pulumi.output("dedicated=build:NoSchedule"), { key: "gpu", effect: "NoExecute" }],
      nodeIP: pulumi.output("10.0.0.1" + index),
    });
    const kubeletConfiguration: KubeletConfiguration = { maxPods: 200, evictionHard: { "memory.available": "500Mi" } };
    const first = new WorkerPool("first", { cluster, binaries, hosts: [host(1)], kubeletConfiguration }, { parent: this });
    const second = new WorkerPool(
      "second",
      {
        cluster,
        binaries,
        hosts: [{ ...host(2), connection: pulumi.output(host(2).connection) }],
        cniMode: "none",
        kubeProxyMode: "iptables",
        kubeletConfiguration: { maxPods: pulumi.output(110), shutdownGracePeriod: "30s" },
        kubeProxyConfiguration: pulumi.output({ conntrack: { maxPerCore: 0 } }),
        containerdConfiguration: { plugins: { "io.containerd.cri.v1.images": { max_concurrent_downloads: pulumi.output(5) } } },
        sandboxImage: pulumi.output("registry.example/pause:3.10"),
      },
      { parent: this, transforms: [({ type, props, opts }) => type.endsWith(":SystemdService") ? { props, opts: { ...opts, protect: true } } : undefined] },
    );
    this.ready = pulumi.all([first, second].flatMap(({ nodes }) => Object.values(nodes)).map((node) => node.nodeName));
    this.registerOutputs({ ready: this.ready });
  }
}
export const ready: pulumi.Output<string[]> = new Rack("rack-1").ready;
`;

/** What no editor would let a program write. */
const mistakes = `
import type { NodeConfigurationArgs } from "kubernetes-worker-nodes";
export const args: NodeConfigurationArgs[] = [
  // @ts-expect-error: no field of KubeletConfiguration
  { kubeletConfiguration: { maxPod: 1 } },
  // @ts-expect-error: another type
  { kubeletConfiguration: { maxPods: "1" } },
  // @ts-expect-error: no field of it
  { kubeProxyConfiguration: { conntrack: { max: 1 } } },
  // @ts-expect-error: not available
  { cniMode: "calico" },
];
`;

/** Loads providers from their texts, as Pulumi's plugin does in the program's folder, and prints what they can do. */
const loader = `
const texts = JSON.parse(process.argv[1]);
const load = (text) => { const module = { exports: {} }; new Function("module", "exports", "require", text)(module, module.exports, require); return module.exports.handler(); };
console.log(JSON.stringify(texts.map((text) => Object.keys(load(text)).sort())));
`;

/** What Pulumi's certificates would be. */
const { certPem, privateKeyPem } = workerNodeArgs.cluster.kubeProxyCertificate;
const outputs = {
  "tls:index/privateKey:PrivateKey": { privateKeyPem },
  "tls:index/certRequest:CertRequest": { certRequestPem: "REQUEST" },
  "tls:index/locallySignedCert:LocallySignedCert": { certPem },
};

let stranger: Stranger;
beforeAll(async () => {
  stranger = new Stranger();
  const { certPem: caCertPem, keyPem: caKey } = await selfSigned(true);
  const kubeconfig = workerNodeArgs.cluster.kubeconfig;
  const hostKeys = [0, 1, 2].map(hostKey);
  const values = { endpoint: "https://10.0.0.10:6443", kubeconfig, ca: caCertPem, caKey, hostKeys };
  stranger.write("values.json", JSON.stringify(values));
  stranger.write("mistakes.ts", mistakes);
  stranger.write("program.cts", program);
  stranger.write("program.mts", program);
  stranger.write("program.ts", program);
}, 60_000);
afterAll(() => stranger.remove());

describe("a program of somebody else with the packed package", () => {
  test.each<[Resolution, string[]]>([
    ["node", ["program.ts", "mistakes.ts"]],
    ["node16", ["program.cts", "program.mts"]],
    ["nodenext", ["program.cts", "program.mts", "mistakes.ts"]],
    ["bundler", ["program.ts", "program.mts", "mistakes.ts"]],
  ])("finds its types under moduleResolution %s, and may check those of all libraries", (resolution, files) => {
    expect(stranger.typeErrors(files, resolution, true)).toEqual([]);
    expect(stranger.typeErrors(files, resolution, false)).toEqual([]);
  });

  test.each(["cts", "mts"])("runs as it is compiled from .%s, with one Pulumi", (kind) => {
    const { registered } = stranger.runProgram(`program.${kind}`, outputs);
    expect(registered).toEqual(
      expect.arrayContaining(["workers-kube-proxy-certificate", "node-1-kubelet", "node-2-claim"]),
    );
  });

  it("gives each resource a provider that loads in the program's folder, and in that of the package's own stack", () => {
    const texts = Object.values(stranger.runProgram("program.mts", outputs).providers);
    expect(texts).toHaveLength(5);
    for (const folder of [stranger.folder, project]) {
      const loaded = JSON.parse(
        execFileSync(process.execPath, ["-e", loader, JSON.stringify(texts)], { cwd: folder, encoding: "utf8" }),
      ) as string[][];
      for (const provider of loaded)
        expect(provider).toEqual(expect.arrayContaining(["check", "create", "delete", "read", "update"]));
    }
  });

  it("imports it without any effect", () => {
    const needed = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
    const file = stranger.write(
      "import.mjs",
      `const state = () => [Object.keys(globalThis), process.listenerCount("exit"), Object.keys(process.env)].join();
       for (const name of ${JSON.stringify(needed)}) await import(name);
       const before = state();
       const { WorkerPool } = await import("kubernetes-worker-nodes");
       console.log(typeof WorkerPool, state() === before);`,
    );
    expect(stranger.run(file)).toBe("function true\n");
  });

  it("is told at once of a Node.js that is too old", () => {
    const old = stranger.write(
      "old.cjs",
      'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.20.2" } });',
    );
    expect(stranger.run(stranger.runnable("program.mts", outputs), "-r", old)).toMatch(
      /Node\.js 20\.20\.2 \(.*\) runs this program; it needs 22\.19\.0 or newer/,
    );
  });
});

describe("the package", () => {
  it("has what a user needs and nothing else", () => {
    const files = stranger.files();
    const unneeded =
      /^(dist\/)?(lab|bench|tests|settings)\/|\.map$|buildinfo|^dist\/[^/]+\.|^index\.ts|^(?!examples\/).*(?<!\.d)\.ts$/;
    expect(files.filter((file) => unneeded.test(file))).toEqual([]);
    expect(files).toEqual(expect.arrayContaining(["LICENSE", "README.md", "CHANGELOG.md", "host/scripts/library.sh"]));
  });

  it("has every file of the repository that its README links to", () => {
    const readme = readFileSync(join(stranger.installed, "README.md"), "utf8");
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, file]) => file);
    expect(links.length).toBeGreaterThan(3);
    expect(stranger.files()).toEqual(expect.arrayContaining(links));
  });

  it("leaves Pulumi's packages to the program, so that there is one of each, at versions that this one is tested with", () => {
    expect(Object.keys(manifest.dependencies).filter((name) => name.startsWith("@pulumi/"))).toEqual([]);
    const pins: Record<string, string> = manifest.devDependencies;
    for (const [name, range] of Object.entries(manifest.peerDependencies)) {
      expect([name, satisfies(pins[name] ?? "", range)]).toEqual([name, true]);
    }
  });

  it("has @pulumi/command 1.x: the 4.5.0 that some registries call latest is a stray old release", () => {
    expect(version).toMatch(/^1\./);
    expect(satisfies("4.5.0", manifest.peerDependencies["@pulumi/command"])).toBe(false);
  });
});
