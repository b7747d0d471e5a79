import { Turnstile } from "../../base/turnstile";

test("lets so many through at once, in the order they came, also after one that failed", async () => {
  const turnstile = new Turnstile(2);
  const ends: ((failure?: Error) => void)[] = [];
  const entered: number[] = [];
  const all = [0, 1, 2, 3].map((number) =>
    turnstile.pass(() => {
      entered.push(number);
      return new Promise<void>((resolve, reject) => {
        ends[number] = (failure) => (failure ? reject(failure) : resolve());
      });
    }),
  );
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  await settled();
  expect(entered).toEqual([0, 1]);
  ends[1]?.(new Error("broken"));
  await expect(all[1]).rejects.toThrow("broken");
  await settled();
  expect(entered).toEqual([0, 1, 2]);
  ends[0]?.();
  await settled();
  expect(entered).toEqual([0, 1, 2, 3]);
  [2, 3].forEach((number) => ends[number]?.());
  await Promise.all([all[0], all[2], all[3]]);
  expect(await turnstile.pass(() => Promise.resolve("free again"))).toBe("free again");
});
