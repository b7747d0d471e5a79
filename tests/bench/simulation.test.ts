import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { readSent } from "../../bench/simulation/sentScript";
import { startFleet, type Fleet } from "../../bench/simulation/fleet";
import { simulationTables } from "../../bench/simulation/simulationTable";
import { openCluster } from "../../cluster/kubeClient";
import * as nodeClaim from "../../components/claim/nodeClaimProvider";
import type { NodeClaimInputs } from "../../components/claim/nodeClaim";
import * as binaries from "../../host/hostBinariesProvider";
import { remoteScript } from "../../host/remoteScript";
import * as service from "../../host/systemdServiceProvider";
import { newSshKeyPair } from "../support/sshHost";

const scripts = readdirSync(join(__dirname, "../../host/scripts")).map((name) => basename(name, ".sh"));

test.each(scripts)("a host knows %s.sh by its text, and what it is told", (file) => {
  const values = { files: ["a b", "c"], record: "it's $HOME\\", empty: "" };
  const sent = remoteScript({
    name: "x",
    file,
    values,
    functions: { look: { file: "render/scripts/look.sh", values } },
  });
  const expected = {
    name: "x",
    claim: "",
    machine_id: "",
    instance: "",
    files: "a b\nc",
    record: "it's $HOME\\",
    empty: "",
  };
  expect(readSent(sent)).toEqual({ scripts: [{ file, values: expected }] });
});

test("what is no script of ours is refused", () => {
  expect(() => readSent("rm -rf /\n")).toThrow(/no script of host\/scripts\/ ends in "rm -rf/);
});

describe("simulated hosts", () => {
  const folder = mkdtempSync(join(tmpdir(), "simulation-"));
  let fleet: Fleet;
  beforeAll(async () => (fleet = await startFleet(2, 0, folder)));
  afterAll(() => {
    fleet.stop();
    rmSync(folder, { recursive: true });
  });

  const privateKey = newSshKeyPair().private;
  const connectionTo = (index: number) => {
    const { address: host = "", port, hostKey = "" } = fleet.reached[index] ?? {};
    return { host, port, hostKey, privateKey, dialErrorLimit: 1 };
  };
  const claimInputs = (index: number, owner = "o/p/s"): NodeClaimInputs => ({
    connection: connectionTo(index),
    ...{ nodeName: `node-${index + 1}`, owner, resource: "r", cluster: [], clusterCIDR: "10.0.0.0/12" },
    kubeconfig: fleet.kubeconfig.replace(/certificate-authority-data: .*/, "insecure-skip-tls-verify: true"),
    preflight: { file: "render/scripts/look.sh", values: {} },
    ...{ units: ["kubelet.service"], cleanups: [], adopt: false, lost: false },
    ...{ drainTimeoutSeconds: 0, held: "yes", registered: true },
  });
  const look = { file: "render/scripts/look.sh", values: {} };

  test("are claimed, changed, seen as they were made, and left bare by the providers", async () => {
    const [host] = fleet.hosts;
    const connection = connectionTo(0);
    const claimed = await nodeClaim.create(claimInputs(0));
    const { claim } = claimed.outs;
    const programs = { "/opt/app/bin/1/app": { source: "https://example.com/app", sha256: "a".repeat(64) } };
    const set = await binaries.create({ ...{ connection, claim, setName: "b", programs, members: [], faults: [] } });
    const files = { "/etc/app/config": { content: "a = 1\n" }, "/etc/app/empty": { content: "" } };
    const inputs = { connection, claim, unitName: "kubelet.service", unit: "[Unit]\n", files, healthCheck: look };
    const made = await service.create({ ...inputs, active: true, enabled: true, faults: [] });
    expect(made.outs.made).toEqual(["/etc/app"]);
    expect(await (await openCluster(claimInputs(0).kubeconfig)).getNode("node-1")).toMatchObject({
      status: { nodeInfo: { machineID: claim.machineId } },
    });
    // All looks of a host at once, as a refresh asks for them: they come as one script.
    const [seenClaim, seenSet, seen] = await Promise.all([
      nodeClaim.read(claimed.id, claimed.outs),
      binaries.read(set.id, set.outs),
      service.read(made.id, made.outs),
    ]);
    expect(seenClaim.props).toMatchObject({ held: "yes", registered: true });
    expect(seenSet.props).toEqual(set.outs);
    expect(seen.inputs).toMatchObject({ files, unit: "[Unit]\n", active: true, faults: [] });
    expect(host?.isBare).toBe(false);
    await service.delete(made.id, made.outs);
    await binaries.delete(set.id, set.outs);
    await nodeClaim.delete(claimed.id, claimed.outs);
    expect(host?.isBare).toBe(true);
    expect(fleet.ssh.counts.connections).toBe(1);
  });

  test("refuse a claim of another stack, and a change without theirs", async () => {
    const { outs } = await nodeClaim.create(claimInputs(1));
    await expect(nodeClaim.create(claimInputs(1, "o/p/other"))).rejects.toThrow(/o\/p\/s/);
    const claim = { ...outs.claim, id: "another" };
    const inputs = { connection: connectionTo(1), claim, unitName: "a.service", healthCheck: look };
    await expect(service.create({ ...inputs, active: true, enabled: true })).rejects.toThrow(/exit status 20/);
  });
});

test("tables have a row for each run, and each kind of call", () => {
  const ssh = { connections: 4, commands: 18, receivedBytes: 2_000_000, sentBytes: 1 };
  const api = { "list nodes": { calls: 3, answeredBytes: 500_000 }, "get nodes": { calls: 7, answeredBytes: 500_000 } };
  const cold = { seconds: 12.34, memory: { "node dynamic-provider": 2e8 }, cpu: { pulumi: 1.26 }, ssh, api };
  const text = simulationTables([{ hosts: 2, parallel: 64, delayMs: 0, phases: { cold }, stateBytes: 140_000 }]);
  expect(text.split("\n").filter((line) => line.startsWith("| 2"))).toEqual([
    expect.stringMatching(/^\| 2 +\| +12\.3 \| +– \| +– \| +– \| +0\.1 \| +70\.0 \|$/),
    expect.stringMatching(/^\| 2, up +\| +200 \| +– \| +– \| +– \| +– \| +1\.3 \|$/),
    expect.stringMatching(/^\| 2, up +\| +4 \| +18 \| +2\.0 \| +1\.0 \| get nodes 7, list nodes 3 \|$/),
  ]);
});
