import { engineOnly, TestStack } from "./testStack";

let stack: TestStack;
beforeEach(() => (stack = new TestStack()));
afterEach(() => {
  stack.remove();
});
jest.setTimeout(120_000);

test("protect refuses deletion and replacement, retainOnDelete and deletedWith only forget", async () => {
  const rest = { host: {}, kept: { opts: { retainOnDelete: true } }, along: { opts: { deletedWith: "host" } } };
  stack.describe({ guarded: { props: { key: 1 }, opts: { protect: true } }, ...rest });
  await stack.up();
  stack.journal();
  stack.describe({ guarded: { props: { key: 2 }, opts: { protect: true } }, ...rest });
  const replaced = await stack.up();
  expect(replaced.code).toBe(1);
  expect(replaced.output).toContain("marked for protection");
  stack.describe({});
  const deleted = await stack.up();
  expect(deleted.code).toBe(1);
  expect(deleted.output).toContain("because it is protected");
  expect(deleted.steps.sort()).toEqual(["delete along", "delete host", "delete kept"]);
  expect(stack.journal()).toEqual(["delete host"]);
  expect(Object.keys(stack.resources())).toEqual(["guarded"]);
});

test("ignoreChanges keeps old values, replaceOnChanges turns an update into a replacement, `changes: false` changes nothing", async () => {
  const spec = (value: number) => ({
    a: { props: { value, nested: { left: value, right: value } }, opts: { ignoreChanges: ["value", "nested.left"] } },
    b: { props: { value }, opts: { replaceOnChanges: ["value"] } },
    c: { props: { value, never: true } },
  });
  stack.describe(spec(1));
  await stack.up();
  stack.describe(spec(2));
  const outcome = await stack.up();
  expect(outcome.steps).toEqual(
    expect.arrayContaining(["update a", "create-replacement b", "replace b", "delete-replaced b", "same c"]),
  );
  expect(stack.things().a).toMatchObject({ value: 1, nested: { left: 1, right: 2 } });
  expect(stack.things().c).toMatchObject({ value: 1 });
  expect(stack.resources().c?.inputs).toMatchObject({ value: 2 });
});

test("a resource renamed with an alias, and one moved into a component, are the same resources", async () => {
  stack.describe({ a: { props: { value: 1 } }, b: { props: { value: "${a.computed}" } } });
  await stack.up();
  const { a, b } = stack.resources();
  stack.describe({
    group: { component: true },
    a2: { props: { value: 1, name: "a2" }, opts: { parent: "group", aliases: [{ name: "a", parent: a?.parent }] } },
    b: { props: { value: 1 } },
  });
  const outcome = await stack.up();
  expect(outcome.steps).toEqual(expect.arrayContaining(["create group", "update a2", "update b"]));
  expect(stack.resources().a2?.id).toBe(a?.id);
  expect(stack.resources().a2?.urn).toContain("things:index:Group$pulumi-nodejs:dynamic/things:Thing::a2");
  expect(stack.resources().b?.id).toBe(b?.id);
});

test("children inherit protect from their component, and dependsOn of a component waits for its children", async () => {
  stack.describe({
    group: { component: true, opts: { protect: true } },
    child: { props: { milliseconds: 300 }, opts: { parent: "group" } },
    after: { opts: { dependsOn: ["group"] } },
  });
  await stack.up();
  expect(stack.journal()).toEqual(["create child", "create after"]);
  expect(stack.resources().child?.protect).toBe(true);
});

engineOnly("what the engine does not support is refused by name", async () => {
  stack.describe({ a: { opts: { import: "some-id" } } });
  const refused = await stack.preview();
  expect(refused.code).toBe(1);
  expect(refused.output).toContain("the lab's engine does not support the option `import` (resource a of type");
});
