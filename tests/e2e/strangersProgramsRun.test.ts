import { readFileSync } from "node:fs";
import * as automation from "@pulumi/pulumi/automation";
import type { Lab } from "../../lab/lab";
import { pulumiFiles, runEnvironment } from "../../lab/pulumi/environment";
import { namespace } from "../../lab/pulumi/namespace";
import { fingerprint, hostTraces } from "../support/hostFingerprint";
import { nodesOf, openTestLab } from "../support/labOfTests";
import { Stack, expectSuccess } from "../support/stack";
import { type Run, RunRecorder } from "../support/stackRun";
import { Stranger } from "../support/stranger";
import { type StrangersValues, strangersProgram, valuesFile } from "../support/strangersProgram";
import { pristineFile } from "./setup";

/** The lab's settings as a program of somebody else has them. */
async function valuesOf(stack: Stack): Promise<StrangersValues> {
  const config = await stack.configuration();
  const text = (key: string): string => config[`${namespace}:${key}`]?.value ?? "";
  const json = <Value>(key: string): Value => JSON.parse(text(key) || "{}") as Value;
  const [arch, binaries] = Object.entries(json<Record<string, StrangersValues["binaries"]>>("binaries"))[0] ?? [];
  if (binaries === undefined) throw new Error("the lab has no binaries");
  return {
    ...{ endpoint: text("apiServerEndpoint"), ca: text("caCertPem"), caKey: text("caPrivateKeyPem"), binaries },
    ...{ kubeconfig: text("kubeconfig"), token: text("bootstrapToken"), sshKey: text("sshPrivateKey") },
    ...{ kubernetesVersion: text("kubernetesVersion"), clusterCIDR: text("clusterCIDR") },
    ...{ sandboxImage: text("sandboxImage"), arch: arch === "arm64" ? arch : "amd64" },
    clusterDNS: json<string[]>("clusterDNS")[0] ?? "",
    hosts: json("hosts"),
    kubeletConfiguration: json("kubeletConfiguration"),
    kubeProxyConfiguration: json("kubeProxyConfiguration"),
    containerdConfiguration: json("containerdConfiguration"),
  };
}

describe("a program of somebody else, an ES module with the packed package and two pools", () => {
  let lab: Lab;
  let stranger: Stranger;
  let stack: automation.Stack;
  const recorded = (operation: (options: automation.UpOptions) => Promise<unknown>): Promise<Run> => {
    const recorder = new RunRecorder();
    return recorder.run(() => operation(recorder.listeners));
  };

  beforeAll(async () => {
    lab = await openTestLab();
    const ours = await Stack.open(lab);
    expectSuccess(await ours.destroy());
    stranger = new Stranger();
    stranger.write(valuesFile, JSON.stringify(await valuesOf(ours)));
    stranger.write("program.mts", strangersProgram);
    stranger.write("Pulumi.yaml", "name: stranger\nruntime: { name: nodejs, options: { typescript: false } }\n");
    stranger.write("package.json", JSON.stringify({ type: "module", main: stranger.compile("program.mts") }));
    const workspace = await automation.LocalWorkspace.create({
      workDir: stranger.folder,
      pulumiHome: pulumiFiles(lab.files.pulumi).home,
      pulumiCommand: await automation.PulumiCommand.get({ root: lab.files.pulumi }),
      envVars: { ...runEnvironment(lab.files), SSH_AUTH_SOCK: "" },
    });
    stack = await automation.Stack.createOrSelect("somebody", workspace);
  });
  afterAll(async () => {
    await stack.workspace.removeStack("somebody", { force: true });
    stranger.remove();
  });

  const traits = (): Promise<string[]> => Promise.all(lab.hosts.map(({ name }) => fingerprint(lab, name)));

  test("makes Ready nodes, each as its pool says, with what its transforms add", async () => {
    expect(stranger.typeErrors(["program.mts"], "nodenext", true)).toEqual([]);
    expectSuccess(await recorded((options) => stack.up(options)));
    const nodes = await nodesOf(lab);
    expect(nodes.map(({ ready, labels }) => [ready, labels["rack"], labels["transformed"]])).toEqual([
      [true, "r0", undefined],
      [true, "r1", "yes"],
    ]);
    const [first = "", second = ""] = lab.hosts.map(({ name }) => name);
    const maxPods = async (host: string) => (await lab.exec(host, "grep maxPods /var/lib/kubelet/config.yaml")).stdout;
    expect([await maxPods(first), await maxPods(second)]).toEqual(["maxPods: 200\n", "maxPods: 110\n"]);
    expect((await lab.exec(second, "nft list tables")).stdout).not.toContain("table ip kube-proxy");
    expect((await stack.outputs())["ready"]?.value).toEqual([first, second]);
  });

  test("changes nothing in another run, nor after a refresh", async () => {
    const before = await traits();
    expectSuccess(await recorded((options) => stack.up({ ...options, expectNoChanges: true })));
    expectSuccess(await recorded((options) => stack.refresh({ ...options, expectNoChanges: true })));
    expectSuccess(await recorded((options) => stack.up({ ...options, expectNoChanges: true })));
    expect(await traits()).toEqual(before);
  });

  test("keeps its secrets out of its state", () => {
    const { sshKey, token } = JSON.parse(readFileSync(`${stranger.folder}/${valuesFile}`, "utf8")) as StrangersValues;
    const state = readFileSync(`${pulumiFiles(lab.files.pulumi).state}/.pulumi/stacks/stranger/somebody.json`, "utf8");
    expect(state).toContain("rack-1");
    expect(state).not.toContain(token);
    expect(state).not.toContain(sshKey.split("\n")[1]);
  });

  test("leaves nothing when it is destroyed", async () => {
    const pristine = JSON.parse(readFileSync(pristineFile(lab), "utf8")) as Record<string, string[]>;
    expectSuccess(await recorded((options) => stack.destroy(options)));
    for (const { name } of lab.hosts) expect(await hostTraces(lab, name)).toEqual(pristine[name]);
    expect(await nodesOf(lab)).toEqual([]);
  });
});
