import { sharedCall } from "../../cluster/sharedCall";

/** A call that is answered by hand. */
class Calls {
  readonly answers: ((value: number | Error) => void)[] = [];
  readonly ask = sharedCall(
    () =>
      new Promise<number>((resolve, reject) => {
        this.answers.push((value) => (value instanceof Error ? reject(value) : resolve(value)));
      }),
  );
}

const turns = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("those who ask while a call is under way share the next one, which is begun after they asked", async () => {
  const calls = new Calls();
  const first = calls.ask();
  await turns();
  const later = [calls.ask(), calls.ask(), calls.ask()];
  await turns();
  expect(calls.answers).toHaveLength(1);
  calls.answers[0]?.(1);
  expect(await first).toBe(1);
  await turns();
  expect(calls.answers).toHaveLength(2);
  calls.answers[1]?.(2);
  expect(await Promise.all(later)).toEqual([2, 2, 2]);
});

test("a call that fails fails for those who shared it, and is made again for the next", async () => {
  const calls = new Calls();
  const failed = Promise.allSettled([calls.ask(), calls.ask()]);
  await turns();
  calls.answers[0]?.(new Error("503"));
  expect((await failed).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  const again = calls.ask();
  await turns();
  calls.answers[1]?.(5);
  expect(await again).toBe(5);
});
