import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { version } from "@pulumi/command/package.json";
import { satisfies } from "semver";
import * as manifest from "../../package.json";
import { Stranger, type Resolution } from "../support/stranger";
import { type StrangersValues, strangersProgram as program, valuesFile } from "../support/strangersProgram";
import { selfSigned } from "../settings/testConfiguration";
import { hostKey, proxyKey, workerNodeArgs } from "../support/workerNodeArgs";

const project = join(__dirname, "../..");

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
  const { bootstrapToken: token, kubeconfig, kubernetesVersion, clusterCIDR } = workerNodeArgs.cluster;
  const { kubelet, kubeProxy, cniPlugins } = workerNodeArgs.binaries;
  const values: StrangersValues = {
    ...{ endpoint: "https://10.0.0.10:6443", ca: caCertPem, caKey, kubeconfig, token, kubernetesVersion, clusterCIDR },
    ...{ arch: "amd64", clusterDNS: "10.1.0.2", sandboxImage: "registry.example/pause:3.10" },
    sshKey: proxyKey,
    hosts: [1, 2].map((index) => ({ name: `node-${index}`, address: `10.0.0.1${index}`, hostKey: hostKey(index) })),
    binaries: { kubelet, kubeProxy, cniPlugins },
    ...{ kubeletConfiguration: {}, kubeProxyConfiguration: {}, containerdConfiguration: {} },
  };
  stranger.write(valuesFile, JSON.stringify(values));
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
