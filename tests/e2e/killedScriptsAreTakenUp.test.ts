import type { Lab } from "../../lab/lab";
import { kubectl } from "../../lab/hosts/workload";
import { randomNumbers, reach } from "../support/killedRuns";
import { kubectlOf } from "../support/labOfTests";
import { expectAsConfigured } from "../support/settled";
import type { Stack } from "../support/stack";
import { expectSuccess, readyStack } from "../support/stack";

const kills = Number(process.env["KILLS"] ?? 4);
const seed = Number(process.env["KILL_SEED"] ?? Date.now() % 1_000_000);

// Rows 14, 55 and 65 of the faults.
describe(`a script that is killed on the host while it changes the kubelet (KILL_SEED=${seed})`, () => {
  let lab: Lab;
  let stack: Stack;
  let host: string;
  const random = randomNumbers(seed);
  beforeAll(async () => {
    ({ lab, stack } = await readyStack());
    host = lab.hosts[0]?.name ?? "";
  });
  afterAll(async () => {
    stack.configure();
    expectSuccess(await stack.up());
  });

  const setMaxPods = (maxPods: number): void =>
    stack.configure((config) => {
      config["kubeletConfiguration"] = { ...(config["kubeletConfiguration"] as object), maxPods };
    });
  /** What the kubelet that runs has read, as it says itself. */
  const inForce = async (): Promise<unknown> => {
    const answer = await kubectl(kubectlOf(lab), ["get", "--raw", `/api/v1/nodes/${host}/proxy/configz`]);
    return (JSON.parse(answer) as { kubeletconfig: { maxPods: number } }).kubeletconfig.maxPods;
  };

  test(
    "ends well with the next up: with the change, or, where it was taken back, without it; and leaves nothing behind",
    async () => {
      let value = 50;
      setMaxPods(value);
      expectSuccess(await stack.up());
      for (let round = 0; round < kills; round++) {
        setMaxPods(value + 1);
        const running = stack.start("up", "--skip-preview");
        await reach(running, { after: `${host}-kubelet updating`, milliseconds: Math.round(random() * 4500) });
        // The shell that reads a script from the session, and its subshells.
        await lab.exec(host, "pkill -9 -x -f 'sh -s'");
        const { ok } = await running.ended;
        if (random() < 0.5) value += 1;
        setMaxPods(value);
        expectSuccess(await stack.up());
        expect({ round, ok, value: await inForce() }).toEqual({ round, ok, value });
      }
      await expectAsConfigured(lab, stack);
    },
    kills * 90_000 + 120_000,
  );
});
