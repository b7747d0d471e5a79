import { cpSync, rmSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { traceState } from "../parity/trace";
import { type Spec, TestStack } from "./testStack";

/** Moments spread over the run, one at random in each part. */
const moments = 10;
const milliseconds = 60;
jest.setTimeout(900_000);

const before: Spec = {
  kept: { props: { adopts: true } },
  changed: { props: { adopts: true, value: 1, milliseconds } },
  replaced: { props: { adopts: true, key: 1, milliseconds }, opts: { deleteBeforeReplace: true } },
  gone: { props: { adopts: true, value: "${changed.computed}", milliseconds } },
};

/** Creations, updates, a replacement and a deletion, one after the other and at once. */
const after: Spec = {
  kept: { props: { adopts: true } },
  changed: { props: { adopts: true, value: 2, milliseconds } },
  replaced: { props: { adopts: true, key: 2, milliseconds }, opts: { deleteBeforeReplace: true } },
  group: { component: true },
  first: { props: { adopts: true, value: { secret: "${changed.computed}" }, milliseconds }, opts: { parent: "group" } },
  second: { props: { adopts: true, value: "${first.id}", milliseconds }, outputs: { out: "${second.computed}" } },
  third: { props: { adopts: true, value: "${second.id}", milliseconds } },
};

/** What a run leaves, in the checkpoint and in the world. */
const result = (stack: TestStack): object => ({ state: traceState(stack).state, things: stack.things() });

/** A stack that can be put back to where it was. */
class Scene {
  readonly stack = new TestStack();
  private readonly copy = `${this.stack.folder}-copy`;

  async prepare(): Promise<void> {
    this.stack.describe(before);
    expect(await this.stack.up()).toMatchObject({ code: 0 });
    this.stack.describe(after);
    cpSync(this.stack.folder, this.copy, { recursive: true });
  }

  restore(): void {
    rmSync(this.stack.folder, { recursive: true });
    cpSync(this.copy, this.stack.folder, { recursive: true });
  }

  remove(): void {
    rmSync(this.copy, { recursive: true, force: true });
    this.stack.remove();
  }
}

test.each(["SIGKILL", "SIGINT"] as const)(
  "after %s at any of ten moments the next run needs no hand and ends as an undisturbed one, nothing there twice",
  async (signal) => {
    const scene = new Scene();
    const { stack } = scene;
    try {
      await scene.prepare();
      const started = Date.now();
      expect(await stack.up()).toMatchObject({ code: 0 });
      const duration = Date.now() - started;
      const undisturbed = result(stack);
      for (let part = 0; part < moments; part++) {
        scene.restore();
        const moment = Math.round((duration * (part + Math.random())) / moments);
        const { process: engine, ended } = stack.start("up");
        await pause(moment);
        engine.kill(signal);
        await ended;
        const next = await stack.up();
        expect({ moment, code: next.code, output: next.code === 0 ? "" : next.output }).toMatchObject({ code: 0 });
        expect({ moment, ...result(stack) }).toEqual({ moment, ...undisturbed });
      }
    } finally {
      scene.remove();
    }
  },
);
