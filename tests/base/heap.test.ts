import { execFileSync } from "node:child_process";
import * as path from "node:path";
import { HeapKeeper } from "../../base/heap";

const mb = 1 << 20;

/** A heap that a look at each 200 milliseconds is told of, and what it holds. */
function watched(holds: number): { keeper: HeapKeeper; heap: { used: number; now: number; collected: number } } {
  const heap = { used: holds, now: 0, collected: 0 };
  const collect = (): void => {
    heap.collected++;
    heap.used = holds;
  };
  return { heap, keeper: new HeapKeeper({ used: () => heap.used, now: () => (heap.now += 200), collect }, 0.5) };
}

describe("the heap of a process", () => {
  test("is collected when it has grown by some megabytes, and again only when it has once more", () => {
    const { keeper, heap } = watched(20 * mb);
    const collectedAfter = [20, 40, 45, 40, 45].map((used) => {
      heap.used = used * mb;
      keeper.look();
      return heap.collected;
    });
    expect(collectedAfter).toEqual([0, 0, 1, 1, 2]);
  });

  test("is left to grow by a share of what it holds, so that a large one is not collected all the time", () => {
    const { keeper, heap } = watched(400 * mb);
    const collectedAfter = [400, 590, 610].map((used) => {
      heap.used = used * mb;
      keeper.look();
      return heap.collected;
    });
    expect(collectedAfter).toEqual([0, 0, 1]);
  });

  test("is not looked at more often than ten times a second", () => {
    let looks = 0;
    const used = (): number => ++looks;
    const keeper = new HeapKeeper({ used, now: () => 5, collect: () => undefined }, 0.5);
    for (let call = 0; call < 20; call++) keeper.look();
    expect(looks).toBe(1);
  });

  test("stays small in a process that works through messages, which by itself lets them lie", () => {
    expect(heapOf("heap.tendHeap")).toBeLessThan(0.6 * heapOf("(() => undefined)"));
  });
});

/** The largest heap of a process that keeps each of 1000 messages for a while. */
function heapOf(tend: string): number {
  const program = `
    const heap = require(${JSON.stringify(path.resolve("dist/base/heap.js"))});
    const kept = [];
    let largest = 0;
    const work = (left) => {
      for (let at = 0; at < 10; at++) kept.push(Array.from({ length: 5000 }, (_, field) => ({ field, of: left })));
      kept.splice(0, kept.length - 200);
      ${tend}();
      largest = Math.max(largest, process.memoryUsage().heapTotal);
      if (left > 0) setTimeout(work, 5, left - 1);
      else console.log(largest);
    };
    work(100);`;
  return Number(execFileSync(process.execPath, ["-e", program], { encoding: "utf8" }));
}
