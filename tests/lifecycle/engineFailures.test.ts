import { TestStack } from "./testStack";

let stack: TestStack;
beforeEach(() => (stack = new TestStack()));
afterEach(() => {
  stack.remove();
});
jest.setTimeout(120_000);

test("a failed resource ends the run; the next one goes on from there", async () => {
  stack.describe({ a: { props: { fail: "create" } }, b: { props: { value: "${a.computed}" } } });
  const failed = await stack.up();
  expect(failed.code).toBe(1);
  expect(failed.failures).toEqual(["create a"]);
  expect(failed.output).toContain(
    "pulumi-nodejs:dynamic/things:Thing (a):\n    error: the create of a was told to fail",
  );
  expect(Object.keys(stack.resources())).toEqual([]);
  stack.describe({ a: {}, b: { props: { value: "${a.computed}" } } });
  expect((await stack.up()).steps).toEqual(["create a", "create b"]);
});

test("--continue-on-error does what does not depend on what failed; as the program then ends with an error, nothing is deleted", async () => {
  stack.describe({ old: {}, z: {} });
  await stack.up();
  stack.describe({
    a: { props: { fail: "create" } },
    b: { props: { value: "${a.computed}" } },
    c: { opts: { dependsOn: ["b"] } },
    d: { props: { value: 1, milliseconds: 300 } },
    e: { props: { value: "${d.computed}" } },
    z: {},
  });
  const outcome = await stack.up("--continue-on-error");
  expect(outcome.code).toBe(1);
  expect(outcome.failures).toEqual(["create a"]);
  expect(outcome.steps.sort()).toEqual(["create d", "create e", "same z"]);
  expect(outcome.output).toContain("2 errored");
  expect(Object.keys(stack.resources()).sort()).toEqual(["d", "e", "old", "z"]);
});

test("a resource that is there but not in order is kept, and updated by the next run", async () => {
  stack.describe({ a: { props: { halfFail: "create" } } });
  const failed = await stack.up();
  expect(failed.code).toBe(1);
  expect(failed.output).toContain("a is not ready");
  expect(stack.resources().a).toMatchObject({ initErrors: ["a is not ready"], outputs: { computed: "a=null" } });
  stack.journal();
  stack.describe({ a: {} });
  expect((await stack.up()).steps).toEqual(["update a"]);
  expect(stack.journal()).toEqual(["update a"]);
  expect(stack.resources().a?.initErrors).toBeUndefined();
});

test("a refused input and an error of the program end the run with its words", async () => {
  stack.describe({ a: { props: { invalid: "it is not a number" } } });
  const refused = await stack.preview();
  expect(refused.code).toBe(1);
  expect(refused.output).toContain("has a problem: it is not a number");
  stack.describe({ a: {}, throw: { props: { message: "the program gave up" } } });
  const thrown = await stack.up();
  expect(thrown.code).toBe(1);
  expect(thrown.output).toContain("the program gave up");
});

test("what something not deleted still needs is not deleted either; the rest is", async () => {
  const spec = (fail: string) => ({
    a: {},
    b: { props: { value: "${a.computed}", fail } },
    c: {},
    d: { props: { value: "${c.computed}" } },
  });
  stack.describe(spec("delete"));
  await stack.up();
  const failed = await stack.destroy("--continue-on-error");
  expect(failed.code).toBe(1);
  expect(failed.failures).toEqual(["delete b"]);
  expect(failed.steps.sort()).toEqual(["delete c", "delete d"]);
  expect(Object.keys(stack.resources())).toEqual(["a", "b"]);
  stack.describe(spec("never"));
  expect((await stack.up()).steps).toEqual(expect.arrayContaining(["same a", "update b", "create c", "create d"]));
  expect((await stack.destroy()).code).toBe(0);
});

test("a failed program deletes nothing", async () => {
  stack.describe({ a: {} });
  await stack.up();
  stack.describe({ throw: { props: { message: "the program gave up" } } });
  expect((await stack.up()).code).toBe(1);
  expect(stack.things().a).toBeDefined();
});
