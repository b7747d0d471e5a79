import { createHash } from "node:crypto";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BinaryFile } from "../../lab/binaries/binaryCache";
import { checkWorkload, kubectl, startWorkload, stopWorkload } from "../../lab/hosts/workload";
import type { Lab } from "../../lab/lab";
import { kubectlOf, nodeObjects } from "../support/labOfTests";
import { expectAsConfigured } from "../support/settled";
import type { Stack } from "../support/stack";
import { expectSuccess, readyStack } from "../support/stack";
import { type Run, touched } from "../support/stackRun";

interface Binary {
  source: string;
  sha256: string;
}

/** What a host or the stack says of its release. */
interface Release {
  kubernetesVersion?: unknown;
  binaries?: Record<string, object>;
}

/** What the kubelet and the kube-proxy that run say of fields that they do not know, and whether they say anything at all. */
const notUnderstood = `
for unit in kubelet kube-proxy; do
  journalctl "_SYSTEMD_INVOCATION_ID=$(systemctl show -p InvocationID --value $unit)" |
    awk -v unit=$unit '/strict decoding/ { print } END { if (NR < 5) print unit ": no log" }'
done`;

// The first host is of the older release and the second of the lab's; both are of the lab's in the end.
describe("a host of an older release than the API server", () => {
  let lab: Lab;
  let stack: Stack;
  let older: NonNullable<Lab["olderRelease"]>;
  let first: string;
  let newer: string;
  let folder: string;
  let uid: string | undefined;
  beforeAll(async () => {
    ({ lab, stack } = await readyStack());
    if (lab.olderRelease === undefined) throw new Error("the lab has no older release: `lab up` makes it with one");
    older = lab.olderRelease;
    first = lab.hosts[0]?.name ?? "";
    newer = stack.setting("kubernetesVersion") as string;
    folder = mkdtempSync(join(tmpdir(), "builds-"));
  });
  afterAll(async () => {
    await stopWorkload(kubectlOf(lab));
    rmSync(folder, { recursive: true });
    stack.configure();
    expectSuccess(await stack.up());
  });

  const nodeOf = async (name: string) => (await nodeObjects(lab)).find(({ metadata }) => metadata.name === name);
  const versions = async (): Promise<string[]> =>
    (await nodeObjects(lab)).map(({ status }) => status.nodeInfo.kubeletVersion);
  const onFirst = async (script: string): Promise<string> => (await lab.exec(first, script)).stdout.trim();
  const installed = async (): Promise<string[]> =>
    (await onFirst("cd /opt/kubernetes/bin && ls -d */kubelet */kube-proxy")).split("\n").sort();
  const pathOf = (version: string, { sha256 }: { sha256: string }, program: string): string =>
    `${version}-${sha256.slice(0, 12)}/${program}`;
  const ofLab = (program: string): Binary => {
    const [all = {}] = Object.values(stack.setting("binaries") as Record<string, Record<string, Binary>>);
    return all[program] as Binary;
  };
  const ofOlder = (program: string): BinaryFile => older.binaries[program] as BinaryFile;

  /** Gives the first host a release of its own. */
  function configureFirst(kubernetesVersion: string, binaries: object): void {
    stack.configure((config) => {
      const [arch = ""] = Object.keys(config["binaries"] as object);
      const [host] = config["hosts"] as Release[];
      Object.assign(host ?? {}, { kubernetesVersion, binaries: { [arch]: binaries } });
    });
  }
  const touchedOfOthers = (run: Run): string[] => {
    const others = lab.hosts.map(({ name }) => name).filter((name) => name !== first);
    return touched(run).filter((name) => others.some((other) => name.startsWith(other)));
  };
  const given = ({ path: source, sha256 }: BinaryFile): Binary => ({ source, sha256 });

  /** Pods, Services, logs and exec between a pod on each host, asked by `from`. */
  async function expectPodsAnswer(from: string): Promise<void> {
    const names = lab.hosts.map(({ name }) => name);
    const workload = await startWorkload(kubectlOf(lab), [from, ...names.filter((name) => name !== from)]);
    const addresses = Object.fromEntries(lab.hosts.map(({ name, address }) => [name, address]));
    expect(await checkWorkload(kubectlOf(lab), workload, addresses)).toHaveLength(5);
  }

  test("joins beside one of the same release as it, and understands every word of its files", async () => {
    stack.configure((config) => (config["hosts"] = (config["hosts"] as Release[]).slice(1)));
    expectSuccess(await stack.up());
    configureFirst(older.version, { kubelet: given(ofOlder("kubelet")), kubeProxy: given(ofOlder("kube-proxy")) });
    const run = expectSuccess(await stack.up());
    expect(touchedOfOthers(run)).toEqual([]);
    expect(await versions()).toEqual([`v${older.version}`, ...lab.hosts.slice(1).map(() => `v${newer}`)]);
    expect(await onFirst("curl -s http://127.0.0.1:10249/proxyMode")).toBe("nftables");
    expect(await onFirst(notUnderstood)).toBe("");
    const configz = await kubectl(kubectlOf(lab), ["get", "--raw", `/api/v1/nodes/${first}/proxy/configz`]);
    expect(JSON.parse(configz)).toMatchObject({ kubeletconfig: { podPidsLimit: 4096, seccompDefault: true } });
    await expectPodsAnswer(first);
    await expectPodsAnswer(lab.hosts[1]?.name ?? "");
    await expectAsConfigured(lab, stack);
    uid = (await nodeOf(first))?.metadata.uid;
  });

  test("goes on with its release where the next one does not start", async () => {
    const before = await installed();
    const broken = join(folder, "kubelet");
    writeFileSync(broken, "#!/bin/sh\necho 'E0101 this build is broken' >&2\nexit 1\n");
    chmodSync(broken, 0o755);
    const sha256 = createHash("sha256").update(readFileSync(broken)).digest("hex");
    configureFirst(newer, { kubelet: { source: broken, sha256 }, kubeProxy: ofLab("kubeProxy") });
    const { ok, output } = await stack.up();
    expect(ok).toBe(false);
    expect(output).toContain("this build is broken");
    expect(output).toContain("the version before was put back and kubelet.service runs with it");
    expect((await versions())[0]).toBe(`v${older.version}`);
    expect(await installed()).toEqual(expect.arrayContaining(before));
  });

  test("becomes one of the API server's by a change of its version: the same Node, its pods run on", async () => {
    const pods = ["get", "pods", "-A", "-o", "jsonpath={.items[*].metadata.uid} {..restartCount}"];
    const running = await kubectl(kubectlOf(lab), pods);
    stack.configure();
    const run = expectSuccess(await stack.up());
    expect(touchedOfOthers(run)).toEqual([]);
    const order = run.steps.map(({ name }) => name).filter((name) => name.startsWith(`${first}-`));
    expect(order.slice(0, 2)).toEqual([`${first}-binaries`, `${first}-kubelet`]);
    expect(order.filter((name) => /preparation|containerd/.test(name))).toEqual([]);
    expect(await versions()).toEqual(lab.hosts.map(() => `v${newer}`));
    expect((await nodeOf(first))?.metadata.uid).toBe(uid);
    expect(await installed()).toEqual([
      pathOf(newer, ofLab("kubeProxy"), "kube-proxy"),
      pathOf(newer, ofLab("kubelet"), "kubelet"),
    ]);
    expect(await kubectl(kubectlOf(lab), pods)).toBe(running);
    await expectPodsAnswer(first);
    await expectAsConfigured(lab, stack);
  });
});
