import { execFileSync } from "node:child_process";
import * as path from "node:path";

describe("the heap of a process", () => {
  test("stays small in a process that works through messages, which by itself lets them lie", () => {
    expect(heapOf("heap.keepHeapSmall()")).toBeLessThan(0.6 * heapOf(""));
  });
});

/** The largest heap of a process that keeps each of 1000 messages for a while. */
function heapOf(before: string): number {
  const program = `
    const heap = require(${JSON.stringify(path.resolve("dist/base/heap.js"))});
    ${before};
    const kept = [];
    let largest = 0;
    const work = (left) => {
      for (let at = 0; at < 10; at++) kept.push(Array.from({ length: 5000 }, (_, field) => ({ field, of: left })));
      kept.splice(0, kept.length - 200);
      largest = Math.max(largest, process.memoryUsage().heapTotal);
      if (left > 0) setTimeout(work, 5, left - 1);
      else console.log(largest);
    };
    work(100);`;
  return Number(execFileSync(process.execPath, ["-e", program], { encoding: "utf8" }));
}
