import { TestStack } from "./testStack";

let stack: TestStack;
beforeEach(() => (stack = new TestStack()));
afterEach(() => {
  stack.remove();
});
jest.setTimeout(120_000);

test("creates what the program registers, then has nothing to do, then deletes it all", async () => {
  stack.describe({
    a: { props: { value: 1 }, outputs: { of: "${a.computed}" } },
    b: { props: { value: "${a.computed}" } },
  });
  const preview = await stack.preview();
  expect(preview.steps).toEqual(["create a", "create b"]);
  expect(preview.output).toContain("    of: [unknown]");
  expect(preview.output).toContain("+ 3 to create");
  const first = await stack.up();
  expect(first.steps).toEqual(["create a", "create b"]);
  expect(first.code).toBe(0);
  expect(first.output).toContain("+ 3 created");
  expect(stack.things().b).toMatchObject({ value: "a=1" });
  expect((await stack.up("--expect-no-changes")).code).toBe(0);
  expect(stack.journal()).toEqual(["create a", "create b"]);
  const last = await stack.destroy();
  expect(last.steps).toEqual(["delete b", "delete a"]);
  expect(stack.journal()).toEqual(["delete b", "delete a"]);
  expect(stack.deployment().resources ?? []).toEqual([]);
});

test("updates in place what changed, and what takes its outputs", async () => {
  stack.describe({ a: { props: { value: 1 } }, b: { props: { value: "${a.computed}" } }, c: {} });
  await stack.up();
  stack.describe({ a: { props: { value: 2 } }, b: { props: { value: "${a.computed}" } }, c: {} });
  const preview = await stack.preview("--diff");
  expect(preview.steps).toEqual(expect.arrayContaining(["update a", "update b", "same c"]));
  expect(preview.output).toContain("~ value: 1 => 2");
  const outcome = await stack.up();
  expect(outcome.steps.filter((step) => step.startsWith("update"))).toEqual(["update a", "update b"]);
  expect(outcome.output).toContain("[diff: ~value]");
  expect(stack.things().b).toMatchObject({ value: "a=2" });
});

test("replaces by creating first and deleting last, by default", async () => {
  stack.describe({ a: { props: { key: 1 } }, b: { props: { value: "${a.id}" } } });
  await stack.up();
  stack.journal();
  stack.describe({ a: { props: { key: 2 } }, b: { props: { value: "${a.id}" } } });
  const outcome = await stack.up();
  expect(outcome.steps).toEqual(["create-replacement a", "replace a", "update b", "delete-replaced a"]);
  expect(outcome.output).toContain("+-1 replaced");
  expect(stack.journal()).toEqual(["create a", "update b", "delete a"]);
});

test("replaces by deleting first where asked to, with what is replaced along", async () => {
  const spec = (key: number) => ({
    a: { props: { key }, opts: { deleteBeforeReplace: true } },
    b: { props: { key: "${a.id}" } },
    c: { props: { value: "${a.id}" } },
  });
  stack.describe(spec(1));
  await stack.up();
  stack.journal();
  stack.describe(spec(2));
  const outcome = await stack.up();
  const calls = stack.journal();
  expect(calls.slice(0, 3)).toEqual(["delete b", "delete a", "create a"]);
  expect(calls.slice(3).sort()).toEqual(["create b", "update c"]);
  expect(outcome.steps).toEqual(
    expect.arrayContaining([
      "delete-replaced b",
      "delete-replaced a",
      "replace a",
      "create-replacement a",
      "replace b",
      "create-replacement b",
      "update c",
    ]),
  );
});
