import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startFleet, type Fleet } from "../../bench/simulation/fleet";
import { readSent } from "../../bench/simulation/sentScript";
import { configure } from "../../base/configured";
import { defaultKubernetesVersion } from "../../base/kubernetesVersion";
import { sha256 } from "../../base/sha256";
import * as registration from "../../cluster/nodeRegistrationProvider";
import * as nodeClaim from "../../components/claim/nodeClaimProvider";
import type { NodeClaimInputs, NodeClaimOutputs } from "../../components/claim/nodeClaim";
import * as prerequisites from "../../host/hostPrerequisitesProvider";
import { remoteScript } from "../../host/remoteScript";
import { openSession } from "../../host/session";
import * as service from "../../host/systemdServiceProvider";
import { newSshKeyPair } from "../support/sshHost";

/** Has the providers be given a configuration, by keys of the project. */
const configured = (values: Record<string, string>): Promise<void> =>
  configure({ config: { get: (key) => values[key] } });

describe("a state", () => {
  const folder = mkdtempSync(join(tmpdir(), "lean-state-"));
  const privateKey = newSshKeyPair().private;
  let fleet: Fleet;
  let claim: NodeClaimOutputs["claim"];
  beforeAll(async () => {
    fleet = await startFleet(1, 0, folder);
    await configured({ sshPrivateKey: privateKey, kubeconfig: kubeconfig() });
    ({ claim } = (await nodeClaim.create(await checkedClaim())).outs);
  });
  beforeEach(() => configured({ sshPrivateKey: privateKey, kubeconfig: kubeconfig() }));
  afterAll(async () => {
    await configured({});
    fleet.stop();
    rmSync(folder, { recursive: true });
  });

  const kubeconfig = (): string =>
    fleet.kubeconfig.replace(/certificate-authority-data: .*/, "insecure-skip-tls-verify: true");
  const connection = () => {
    const { address: host = "", port, hostKey = "" } = fleet.reached[0] ?? {};
    return { host, port, hostKey, privateKey, dialErrorLimit: 1 };
  };
  const script = (file: string, values = {}) => ({ file: `render/scripts/${file}.sh`, values });
  const claimInputs = (): NodeClaimInputs => ({
    ...{
      connection: connection(),
      kubeconfig: kubeconfig(),
      nodeName: "node-1",
      owner: "o/p/s",
      resource: "urn/node-1",
    },
    ...{
      cluster: [],
      clusterCIDR: "10.0.0.0/12",
      preflight: script("look"),
      units: [],
      cleanups: [script("cniCleanup")],
    },
    ...{ adopt: false, lost: false, drainTimeoutSeconds: 0, held: "yes", registered: true },
  });
  const checkedClaim = async () => (await nodeClaim.check({} as never, claimInputs())).inputs;
  const serviceInputs = () => ({
    ...{ connection: connection(), claim, unitName: "app.service", unit: "[Unit]\n" },
    files: { "/etc/app/config": { content: "a = 1\n" }, "/etc/app/other": { content: "b\n", sealed: true } },
    ...{ healthCheck: script("look", { timeout: 60 }), look: script("look"), cleanup: script("cniCleanup") },
    ...{ active: true, enabled: true, faults: [] },
  });
  const checkedService = async () => (await service.check({} as never, serviceInputs())).inputs;
  const commands = async (run: () => Promise<unknown>): Promise<number> => {
    const before = fleet.ssh.counts.commands;
    await run();
    return fleet.ssh.counts.commands - before;
  };
  /** The paths that scripts of a run were told to be known. */
  const knownIn = async (run: () => Promise<unknown>): Promise<string[]> => {
    const [host] = fleet.hosts;
    const sent = jest.spyOn(host!, "run");
    await run();
    const scripts = sent.mock.calls.flatMap(([, input]) => readSent(input).scripts);
    sent.mockRestore();
    return scripts.flatMap(({ values }) => values["known"]?.split("\n") ?? []).sort();
  };
  const paths = ["/etc/app/config", "/etc/app/other", "/etc/systemd/system/app.service"];

  test("of a service has no secret that is configured, no script but what a look and a removal run, and no path twice", async () => {
    const { outs } = await service.create(await checkedService());
    const text = JSON.stringify(outs);
    expect(text).not.toMatch(/PRIVATE KEY|timeout|owner|written/);
    expect(outs).toMatchObject({ look: script("look"), cleanup: script("cniCleanup") });
  });

  test("of a service gives back after a look what the program says, where nothing has drifted", async () => {
    const { id, outs } = await service.create(await checkedService());
    const seen = await service.read(id, outs);
    expect(seen.inputs).toEqual(await checkedService());
    expect(seen.props).toEqual(outs);
  });

  test("of a service is enough to remove it, also after a look that has missed a file", async () => {
    const { id, outs } = await service.create(await checkedService());
    expect(await knownIn(() => service.delete(id, outs))).toEqual(paths);
    const again = await service.create(await checkedService());
    const gone = { files: [], sysctls: [], dropped: ["/etc/app/config"] };
    const session = await openSession(connection());
    await session.mustRun("deleting", remoteScript({ name: "x", file: "prerequisitesApply", values: gone }));
    const seen = await service.read(id, again.outs);
    expect(Object.keys(seen.inputs?.files ?? {})).toEqual(["/etc/app/other"]);
    expect(await knownIn(() => service.delete(id, seen.props))).toEqual(paths);
  });

  test("of the preparation likewise", async () => {
    const files = { "/etc/sysctl.d/x.conf": { content: "a = 1\n" } };
    const inputs = { connection: connection(), claim, packages: [], kernelModules: [], sysctls: {}, files, faults: [] };
    const checked = await prerequisites.check({} as never, inputs);
    const { id, outs } = await prerequisites.create(checked.inputs);
    expect(JSON.stringify(outs)).not.toMatch(/PRIVATE KEY|written/);
    const seen = await prerequisites.read(id, outs);
    expect(seen).toEqual({ id, props: outs, inputs: checked.inputs });
    const gone = await prerequisites.read(id, { ...outs, files: { ...outs.files, "/etc/y": { content: "" } } });
    expect(await knownIn(() => prerequisites.delete(id, gone.props))).toEqual(["/etc/sysctl.d/x.conf", "/etc/y"]);
  });

  test("of a service that was made before is the same one: nothing is done on the host, and it becomes less", async () => {
    const { id, outs } = await service.create(await checkedService());
    const { unit, files, healthCheck } = serviceInputs();
    const long = (text: string): string => `[sha256 ${sha256(text)}]`;
    const digests = Object.entries(files).map(([path, file]) => [path, { ...file, content: long(file.content) }]);
    const whole = { connection: connection(), claim: { ...claim, lost: false }, unit: long(unit), healthCheck };
    const before = { ...outs, ...whole, files: Object.fromEntries(digests) as typeof files, written: paths };
    const checked = await checkedService();
    expect(await commands(async () => expect(await service.update(id, before, checked)).toEqual({ outs }))).toBe(0);
    expect((await service.read(id, before)).inputs).toEqual(checked);
    expect(await knownIn(() => service.delete(id, before))).toEqual(paths);
  });

  test("of a claim that was made before is the same one, and it becomes less", async () => {
    const whole = { ...claimInputs(), claim, facts: "a host" };
    const checked = await checkedClaim();
    const updated = async () => (await nodeClaim.update("node-1", whole, checked)).outs;
    expect(await commands(updated)).toBe(0);
    const outs = await updated();
    expect(JSON.stringify(outs)).not.toMatch(/PRIVATE KEY|apiVersion|look\.sh/);
    expect([outs.claim, outs.facts]).toEqual([claim, "a host"]);
    expect(await commands(() => nodeClaim.update("node-1", outs, checked))).toBe(0);
    // No kubelet has started, so that there is no Node.
    const seen = { ...checked, registered: false };
    for (const state of [whole, outs]) expect((await nodeClaim.read("node-1", state)).inputs).toEqual(seen);
  });

  test("of a registration has no kubeconfig, and is enough to ask for the Node and to delete it", async () => {
    await service.create({ ...serviceInputs(), unitName: "kubelet.service" });
    const seen = {
      kubeletVersion: `v${defaultKubernetesVersion}`,
      revision: "r",
      readyTimeoutSeconds: 10,
      drainTimeoutSeconds: 0,
    };
    const inputs = { ...{ kubeconfig: kubeconfig(), nodeName: "node-1", claim, labels: {}, taints: [] }, ...seen };
    const checked = (await registration.check({} as never, inputs)).inputs;
    const { id, outs } = await registration.create(checked);
    expect(JSON.stringify(outs)).not.toContain("apiVersion");
    expect((await registration.read(id, outs!)).inputs).toEqual(checked);
    await configured({});
    const said = jest.spyOn(console, "log").mockImplementation();
    expect(await registration.read(id, outs!)).toEqual({ id, props: outs });
    expect(said.mock.calls.join("")).toMatch(/unknown, .*kubeconfig was a value of the stack's configuration/);
    said.mockRestore();
    await configured({ kubeconfig: kubeconfig() });
    await registration.delete(id, outs!);
    expect(await registration.read(id, outs!)).toEqual({ id: "" });
  });

  test("of a secret that is configured no more is not lost: a look says so and changes nothing", async () => {
    const { id, outs } = await service.create(await checkedService());
    await configured({});
    const said = jest.spyOn(console, "log").mockImplementation();
    expect(await service.read(id, outs)).toEqual({ id, props: outs });
    expect(said.mock.calls.join("")).toMatch(/sshPrivateKey was a value of the stack's configuration/);
    said.mockRestore();
    // The program gives it in another way: the inputs are others, and so the outputs come to have it.
    const checked = await checkedService();
    expect(checked.connection).not.toEqual(outs.connection);
    expect((await service.update(id, outs, checked)).outs.connection.privateKey).toBe(privateKey);
  });
});
