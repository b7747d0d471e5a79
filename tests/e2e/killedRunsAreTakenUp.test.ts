import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Lab } from "../../lab/lab";
import { kubectl } from "../../lab/hosts/workload";
import { comparableResources, readCheckpoint } from "../support/checkpoint";
import { hostState } from "../support/hostFingerprint";
import type { Moment } from "../support/killedRuns";
import { inTime, momentsOf, powerCutAt, randomNumbers, signalAt } from "../support/killedRuns";
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

/** The last whole checkpoint that a run wrote before one with a resource of that type, read until the run has printed `text`. */
async function checkpointBefore(running: RunningProcess, file: string, type: string, text: string): Promise<string> {
  let before = "";
  while (!running.lines.some((line) => line.text.includes(text))) {
    const checkpoint = readFileSync(file, "utf8");
    if (isWithout(checkpoint, type)) before = checkpoint;
    await sleep(2);
  }
  return before;
}

/** Whether a checkpoint has no resource of that type; not so for one that is being written. */
function isWithout(checkpoint: string, type: string): boolean {
  try {
    const { latest } = (JSON.parse(checkpoint) as { checkpoint: { latest: { resources?: { type: string }[] } } })
      .checkpoint;
    return !(latest.resources ?? []).some((resource) => resource.type.includes(type));
  } catch {
    return false;
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
        const end = round % 2 === 0 ? signalAt : powerCutAt;
        const cutOff = await inTime(moment, async (sooner) => {
          await fromNothing();
          return end(startUp(), sooner, "SIGKILL");
        });
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
        const cutOff = await inTime(moment, async (sooner) => {
          await fromNothing();
          return signalAt(startUp(), sooner, "SIGINT");
        });
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
    const binding = "worker-nodes-node-autoapprove-certificate-rotation created";
    const before = await checkpointBefore(running, stack.stateFile, "ClusterRoleBinding", binding);
    const cutOff = await signalAt(running, { after: binding, milliseconds: 0 }, "SIGKILL");
    writeFileSync(stack.stateFile, before);
    await stack.cancel();
    const { resources } = await readCheckpoint(stack);
    expect(resources.filter(({ type }) => type.includes("ClusterRoleBinding"))).toEqual([]);
    await expectTakenUp(cutOff, "killed between the cluster and the checkpoint");
  });
});
