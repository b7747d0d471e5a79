import { kubectl } from "../../lab/hosts/workload";
import type { Lab } from "../../lab/lab";
import { kubectlOf } from "../support/labOfTests";
import { randomNumbers } from "../support/killedRuns";
import { carryOut, randomEdit, type HostSettings, type Wanted } from "../support/randomEdits";
import { expectAsConfigured } from "../support/settled";
import type { Stack } from "../support/stack";
import { expectSuccess, readyStack } from "../support/stack";

const edits = Number(process.env["EDITS"] ?? 3);
const seed = Number(process.env["EDIT_SEED"] ?? Date.now() % 1_000_000);

describe(`random edits of settings, hosts and cluster (EDIT_SEED=${seed}, EDITS=${edits})`, () => {
  let lab: Lab;
  let stack: Stack;
  const random = randomNumbers(seed);
  beforeAll(async () => {
    ({ lab, stack } = await readyStack());
  });
  afterAll(async () => {
    stack.configure();
    expectSuccess(await stack.up({ refresh: true }));
  });

  function configure({ hosts, maxPods }: Wanted): void {
    stack.configure((config) => {
      config["hosts"] = hosts;
      config["kubeletConfiguration"] = { ...(config["kubeletConfiguration"] as object), maxPods };
    });
  }

  test(
    "end as the settings say after each up with a refresh, or the run fails with words and the next one ends so",
    async () => {
      const wanted: Wanted = {
        hosts: JSON.parse(JSON.stringify(stack.setting("hosts"))) as HostSettings[],
        maxPods: 110,
      };
      for (let round = 1; round <= edits; round++) {
        const edit = randomEdit(lab, wanted, random);
        console.log(`${round}: ${edit.what}`);
        await carryOut(lab, wanted, edit);
        edit.settings?.(wanted);
        configure(wanted);
        const run = await stack.up({ refresh: true });
        if (!run.ok) {
          expect({ round, edit: edit.what, said: run.output }).toMatchObject({
            said: expect.stringMatching(/error: /) as string,
          });
          console.log(
            `${round}: failed: ${run.output
              .split("\n")
              .filter((line) => /error|\* /.test(line))
              .slice(0, 6)
              .join("\n")}`,
          );
          expectSuccess(await stack.up({ refresh: true }));
        }
        // What was mended on a host between two reports of its kubelet, ten seconds apart, is not Ready in the first of them.
        await kubectl(kubectlOf(lab), ["wait", "--for=condition=Ready", "node", "--all", "--timeout=25s"]);
        await expectAsConfigured(lab, stack);
      }
    },
    edits * 240_000 + 120_000,
  );
});
