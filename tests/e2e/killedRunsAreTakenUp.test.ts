import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Lab } from "../../lab/lab";
import { kubectl } from "../../lab/hosts/workload";
import { comparableResources, readCheckpoint } from "../support/checkpoint";
import { hostState } from "../support/hostFingerprint";
import type { Moment } from "../support/killedRuns";
import { momentsOf, powerCutAt, randomNumbers, reach, signalAt } from "../support/killedRuns";
import { kubectlOf, nodesOf, openTestLab } from "../support/labOfTests";
import type { Ended, RunningProcess } from "../support/runningProcess";
import { Stack, expectSuccess } from "../support/stack";

const seed = Number(process.env["KILL_SEED"] ?? Date.now() % 1_000_000);
const random = randomNumbers(seed);
/** A few in every run of the tests; KILLS=10 for a thorough look. */
const kills = Number(process.env["KILLS"] ?? 4);
const interrupts = Math.ceil(kills / 2);
/** Of one test, in milliseconds: about a minute a round, more where the machine has other work. */
const patience = kills * 4 * 60_000;

/** What an up ended with, but for what no two runs have in common. */
interface EndState {
  resources: string[];
  host: string[];
  node: object;
  /** Names of everything in the cluster that an up makes. */
  objects: string[];
}

/** Copies a JSON file that another process writes again and again, also in place. */
async function copyWhole(from: string, to: string): Promise<void> {
  for (;;) {
    const text = readFileSync(from, "utf8");
    try {
      JSON.parse(text);
      return writeFileSync(to, text);
    } catch {
      await sleep(2);
    }
  }
}

describe(`an up that was cut off (KILL_SEED=${seed})`, () => {
  let lab: Lab;
  let stack: Stack;
  let host: string;
  let undisturbed: RunningProcess;
  let wanted: EndState;

  beforeAll(async () => {
    lab = await openTestLab();
    stack = await Stack.open(lab);
    host = lab.hosts[0]?.name ?? "";
    await fromNothing();
    undisturbed = startUp();
    expectSuccess(await undisturbed.ended);
    wanted = await endState();
  });
  afterAll(async () => {
    stack.configure();
    expectSuccess(await stack.up());
  });

  /** One host is enough: what happens to one has nothing to do with another. */
  async function fromNothing(): Promise<void> {
    expectSuccess(await stack.destroy());
    // What earlier rounds left pending is theirs.
    expectSuccess(await stack.refresh({ clearPendingCreates: true }));
    stack.configure((config) => (config["hosts"] = (config["hosts"] as object[]).slice(0, 1)));
  }

  const startUp = (): RunningProcess => stack.start("up", "--skip-preview");

  async function endState(): Promise<EndState> {
    const kinds = "clusterrolebindings,nodes,secrets,serviceaccounts";
    const objects = await kubectl(kubectlOf(lab), ["get", kinds, "--all-namespaces", "-o", "name"]);
    const [node] = await nodesOf(lab);
    return {
      resources: comparableResources(await readCheckpoint(stack)),
      host: await hostState(lab, host),
      node: { ...node, podCIDR: undefined },
      objects: objects.split("\n").sort(),
    };
  }

  async function expectTakenUp(cutOff: Ended, title: string): Promise<void> {
    const next = await stack.up();
    if (!next.ok) throw new Error(`${title}:\n${cutOff.output}\n== the next up\n${next.output}`);
    expect({ title, ...(await endState()) }).toEqual({ title, ...wanted });
  }

  function describeMoment(number: number, { after, milliseconds }: Moment): string {
    return `round ${number}: ${milliseconds} ms after "${after.trim()}"`;
  }

  test(
    "by SIGKILL at random is finished by the next one, which ends as if nothing had been",
    async () => {
      for (const [round, moment] of momentsOf(undisturbed, kills, random).entries()) {
        await fromNothing();
        const end = round % 2 === 0 ? signalAt : powerCutAt;
        const cutOff = await end(startUp(), moment, "SIGKILL");
        expect(cutOff.code).toBeNull();
        await stack.cancel();
        await expectTakenUp(cutOff, describeMoment(round, moment));
      }
      expectSuccess(await stack.up({ expectNoChanges: true }));
    },
    patience,
  );

  test(
    "by SIGINT at random ends by itself with a whole checkpoint, and is finished by the next one",
    async () => {
      for (const [round, moment] of momentsOf(undisturbed, interrupts, random).entries()) {
        await fromNothing();
        const cutOff = await signalAt(startUp(), moment, "SIGINT");
        expect({ ok: cutOff.ok, canceled: /update cancell?ed/.test(cutOff.output) }).toEqual({
          ok: false,
          canceled: true,
        });
        expect((await readCheckpoint(stack)).pending_operations ?? []).toEqual([]);
        await expectTakenUp(cutOff, describeMoment(round, moment));
      }
      expectSuccess(await stack.up({ expectNoChanges: true }));
    },
    patience,
  );

  test("after the cluster had got its objects and before the checkpoint knew of them is finished by the next one", async () => {
    await fromNothing();
    const running = startUp();
    const checkpoint = `${stack.stateFile}.before`;
    await reach(running, { after: "worker-nodes-kubelet-bootstrap creating", milliseconds: 0 });
    await copyWhole(stack.stateFile, checkpoint);
    const created = { after: "worker-nodes-node-autoapprove-certificate-rotation created", milliseconds: 0 };
    const cutOff = await signalAt(running, created, "SIGKILL");
    renameSync(checkpoint, stack.stateFile);
    await stack.cancel();
    const { resources } = await readCheckpoint(stack);
    expect(resources.filter(({ type }) => type.includes("ClusterRoleBinding"))).toEqual([]);
    await expectTakenUp(cutOff, "killed between the cluster and the checkpoint");
  });
});
