import { InterruptedError } from "../../lab/machine/errors";
import { interrupt, interruptSignal, resetInterrupt, sleep } from "../../lab/machine/interrupt";
import { runSteps, type Step } from "../../lab/machine/progress";

/** Waits for a minute, and notes when it was ended and had cleaned up. */
function long(ended: string[]): Step {
  return {
    title: "long",
    run: () =>
      sleep(60_000).catch(async (error: unknown) => {
        await new Promise((resolve) => setTimeout(resolve, 50));
        ended.push(error instanceof InterruptedError ? "interrupted" : "failed");
        throw error;
      }),
  };
}

describe("of steps side by side", () => {
  afterEach(resetInterrupt);

  test("one that fails ends the others, whose end is waited for; commands can run again", async () => {
    const ended: string[] = [];
    const failing = { title: "failing", run: () => Promise.reject(new Error("no disk")) };
    await expect(runSteps([[long(ended), failing]], "silent")).rejects.toThrow("no disk");
    expect(ended).toEqual(["interrupted"]);
    expect(interruptSignal().aborted).toBe(false);
  });

  test("none is at work any more when an interrupted run has ended, and it stays interrupted", async () => {
    const ended: string[] = [];
    setTimeout(interrupt, 20);
    await expect(runSteps([[long(ended), long(ended)]], "silent")).rejects.toThrow(InterruptedError);
    expect(ended).toEqual(["interrupted", "interrupted"]);
    expect(interruptSignal().aborted).toBe(true);
  });
});
