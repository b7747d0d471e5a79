import { engineOnly, TestStack } from "./testStack";

let stack: TestStack;
beforeEach(() => (stack = new TestStack("certificates")));
afterEach(() => {
  stack.remove();
});
jest.setTimeout(120_000);

const providerOf = (name: string): unknown => stack.resources()[name]?.provider;
const providers = (): string[] =>
  stack
    .deployment()
    .resources.flatMap(({ urn }) => (urn.includes("pulumi:providers:") ? [urn.split("::").slice(2).join("::")] : []));

test("resources of a package use its default provider, named by version, or the explicit one a component hands down", async () => {
  stack.configure({});
  const first = await stack.up();
  expect(first.code).toBe(0);
  expect(providers()).toEqual(["pulumi:providers:tls::default_5_6_1"]);
  expect(providerOf("node-key")).toContain("::pulumi:providers:tls::default_5_6_1::");
  const { id } = stack.resources()["node-key"] ?? {};
  stack.configure({ explicit: true });
  const moved = await stack.up();
  expect(moved.steps.sort()).toEqual(["same node", "same node-key", "same node-request"]);
  expect(providers()).toEqual(["pulumi:providers:tls::own"]);
  expect(providerOf("node-key")).toContain("::pulumi:providers:tls::own::");
  expect(stack.resources()["node-key"]?.id).toBe(id);
});

test("outputs a provider marks as secret stay secret, and a change its diff replaces for replaces", async () => {
  stack.configure({});
  const first = await stack.up("--diff");
  expect(first.output).toContain("privateKey: [secret]");
  expect(stack.stateText).not.toContain("PRIVATE KEY");
  stack.configure({ commonName: "second" });
  const preview = await stack.preview("--diff");
  expect(preview.steps).toEqual(expect.arrayContaining(["replace node-request", "same node-key"]));
  expect(preview.output).toContain('"first" => "second"');
  const destroyed = await stack.destroy();
  expect(destroyed.code).toBe(0);
  expect(destroyed.steps).toEqual(["delete node-request", "delete node-key", "delete node"]);
});

engineOnly("a package without a plugin is named, with every place that was looked at", async () => {
  stack.configure({ missing: true });
  const outcome = await stack.preview();
  expect(outcome.code).toBe(1);
  expect(outcome.output).toContain('no plugin for package "nowhere" (version 1.2.3)');
  expect(outcome.output).toContain("pulumi-resource-nowhere on PATH");
});
