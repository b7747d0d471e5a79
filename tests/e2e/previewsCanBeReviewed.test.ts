import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Deployment } from "@pulumi/pulumi/automation";
import { commentLimit, previewComment } from "../../preview/comment";
import { readPreview } from "../../preview/preview";
import { clonedNodes, paperHosts, withDigests, type PaperHost } from "../support/clonedNodes";
import { expectGolden } from "../support/golden";
import { readyStack, Stack } from "../support/stack";

type Edit = (config: Record<string, unknown>, hosts: PaperHost[]) => void;

describe("the comment on a preview", () => {
  let stack: Stack;
  let real: Deployment;
  let first: PaperHost;
  let backend: string;
  /** States by the number of their hosts. */
  const states = new Map<number, Deployment>();

  beforeAll(async () => {
    const ready = await readyStack();
    real = await ready.stack.export();
    const [host] = ready.stack.setting("hosts") as PaperHost[];
    if (host === undefined) throw new Error("the lab has no host");
    first = host;
    // The same stack with a state of its own: objects of the cluster are named after it.
    backend = mkdtempSync(join(tmpdir(), "previews-"));
    stack = await Stack.open(ready.lab, ready.stack.name, backend);
  });
  afterAll(() => rmSync(backend, { recursive: true, force: true }));

  async function commentOn(count: number, edit: Edit): Promise<string> {
    return steady(previewComment(readPreview(await previewOf(count, edit)), { stack: "racks" }));
  }

  /** What the CLI writes of what an edit would do to a stack of that many hosts, none of which is there. */
  async function previewOf(count: number, edit: Edit): Promise<string> {
    const all = paperHosts(count + 1);
    const labels = { "node-role.kubernetes.io/worker": "" };
    const configure = (change: Edit): void =>
      stack.configure((config) => {
        config["hosts"] = all.slice(0, count).map((host) => ({ ...host, labels }));
        change(config, all);
      });
    configure(() => undefined);
    const state = states.get(count) ?? (await stateOf(all.slice(0, count)));
    states.set(count, state);
    await stack.import(state);
    configure(edit);
    return stack.previewJson();
  }

  async function stateOf(hosts: PaperHost[]): Promise<Deployment> {
    const cloned = clonedNodes(real, first, hosts);
    await stack.import(cloned);
    return withDigests(cloned, readPreview(await stack.previewJson()));
  }

  /** What differs from lab to lab, and no other text: digests, the cluster's addresses and its CA. */
  function steady(comment: string): string {
    return comment
      .replaceAll(/(\d+\.\d+\.\d+)-[0-9a-f]{12}\//g, "$1-0123456789ab/")
      .replaceAll(/(CERTIFICATE-----)\n[^-]*\n(\+-----END)/g, "$1\n+...\n$2")
      .replaceAll(String(stack.setting("apiServerEndpoint")), "https://10.0.0.10:6443")
      .replaceAll(String(stack.setting("clusterCIDR")), "10.2.0.0/16");
  }

  const hostsOf = (config: Record<string, unknown>) => config["hosts"] as Record<string, unknown>[];
  const cases: [string, Edit][] = [
    ["nothing", () => undefined],
    ["a host added", (config, hosts) => hostsOf(config).push({ ...hosts.at(-1) })],
    ["a host removed", (config) => void hostsOf(config).splice(3, 1)],
    [
      "one field on 20 hosts",
      (config) => (config["kubeletConfiguration"] = { ...(config["kubeletConfiguration"] as object), maxPods: 60 }),
    ],
    [
      "a version bumped",
      (config) => {
        const [sha256, source] = ["d".repeat(64), undefined];
        const { amd64 } = config["binaries"] as { amd64: object };
        config["kubernetesVersion"] = "1.37.3";
        config["binaries"] = { amd64: { ...amd64, kubelet: { sha256, source }, kubeProxy: { sha256, source } } };
      },
    ],
    ["a version bumped without its checksums", (config) => (config["kubernetesVersion"] = "1.37.3")],
    [
      "a pool renamed",
      (config) => {
        config["pools"] = { general: { hosts: hostsOf(config) } };
        config["hosts"] = [];
      },
    ],
    [
      "a host moved to another pool and another address",
      (config, hosts) => {
        const [moved, ...others] = hostsOf(config);
        const { address, hostKey } = hosts.at(-1) as PaperHost;
        config["hosts"] = others;
        const gpu = { taints: ["gpu=yes:NoSchedule"], hosts: [{ ...moved, address, hostKey }] };
        config["pools"] = { gpu: { ...gpu, kubeletConfiguration: { maxPods: 30 } } };
      },
    ],
  ];

  test.each(cases)("%s: a line a node, and each change once", async (what, edit) => {
    expectGolden(__dirname, `comment-${what.replaceAll(" ", "-")}.md`, await commentOn(20, edit));
  });

  test("on 200 hosts names each of them and stays below GitHub's limit", async () => {
    // Ten times the preview of 20: one of so many takes minutes on a small machine.
    const json = await previewOf(20, (config) => (config["kubeletConfiguration"] = { maxPods: 60 }));
    const previews = Array.from({ length: 10 }, (_, ten) =>
      readPreview(json.replaceAll(/node-(\d+)/g, (_name, at: string) => `node-${Number(at) + 20 * ten}`)),
    );
    const text = previewComment({ steps: previews.flatMap(({ steps }) => steps), diagnostics: [] }, { stack: "racks" });
    expect(text).toContain("### `racks`: 200 nodes changed\n");
    for (const { name } of paperHosts(200)) expect(text).toContain(`| \`${name}\` | restarts kubelet |`);
    expect(text.length).toBeLessThan(commentLimit / 2);
  });

  test("shows no secret, and none is in the JSON that it is made of", async () => {
    const text = await commentOn(1, (config, hosts) => hostsOf(config).push({ ...hosts.at(-1) }));
    const configured = await stack.configuration();
    const valueOf = (key: string): string => configured[`kubernetes-worker-nodes:${key}`]?.value ?? "";
    for (const secret of [valueOf("bootstrapToken"), valueOf("caPrivateKeyPem").split("\n")[1]]) {
      expect(secret).toMatch(/.{10}/);
      expect(text).not.toContain(secret);
    }
  });
});
