import { LookBatch } from "../../host/lookBatch";

/** A host that answers by hand: each look prints the text of its script. */
class Host {
  /** Looks of each script that has come. */
  readonly came: string[][] = [];
  private readonly ends: { answer: () => void; fail: (error: Error) => void }[] = [];
  readonly batch = new LookBatch((script) => {
    const [, mark = ""] = /printf '\\n%s %s\\n' ([0-9a-f]+)/.exec(script) ?? [];
    const looks = [...script.matchAll(/^\(\n(.*)\n\)/gm)].map(([, look = ""]) => look);
    this.came.push(looks);
    return new Promise((resolve, fail) => {
      const answer = (): void => resolve(looks.map((look) => `${look}\n${mark} 0\n`).join(""));
      this.ends.push({ answer, fail });
    });
  });

  answer(): void {
    this.ends.at(-1)?.answer();
  }

  fail(): void {
    this.ends.at(-1)?.fail(new Error("lost"));
  }
}

const gathered = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 80));

test("looks that are asked for while a script runs go with the next one, together", async () => {
  const host = new Host();
  const first = [host.batch.look("a"), host.batch.look("b")];
  await gathered();
  const later = [host.batch.look("c")];
  await gathered();
  later.push(host.batch.look("d"));
  await gathered();
  expect(host.came).toEqual([["a", "b"]]);
  host.answer();
  expect((await Promise.all(first)).map(({ output }) => output)).toEqual(["a", "b"]);
  await gathered();
  expect(host.came).toEqual([
    ["a", "b"],
    ["c", "d"],
  ]);
  host.answer();
  expect((await Promise.all(later)).map(({ output }) => output)).toEqual(["c", "d"]);
});

test("what waits behind a script that was lost is lost with it, and the next look is sent", async () => {
  const host = new Host();
  const lost = [host.batch.look("a")];
  await gathered();
  lost.push(host.batch.look("b"));
  const ends = Promise.allSettled(lost);
  host.fail();
  expect((await ends).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  await gathered();
  const next = host.batch.look("c");
  await gathered();
  host.answer();
  expect((await next).output).toBe("c");
  expect(host.came).toEqual([["a"], ["c"]]);
});
