import { writeFileSync } from "node:fs";
import { TestStack } from "./testStack";

let stack: TestStack;
afterEach(() => {
  stack.remove();
});
jest.setTimeout(120_000);

test("options that the engine does not support are refused by name, all at once", async () => {
  stack = new TestStack();
  const opts = {
    ...{ import: "some-id", customTimeouts: { create: "5m" }, replacementTrigger: 1 },
    ...{ hideDiffs: ["value"], pluginDownloadURL: "http://nowhere.example" },
  };
  stack.describe({ a: { opts } });
  const refused = await stack.preview();
  expect(refused.code).toBe(1);
  expect(refused.output).toMatch(
    /the lab's engine does not support the options `import`, .* \(resource a of type .*; run the program with the Pulumi CLI/,
  );
  for (const name of ["customtimeouts", "replacementTrigger", "hidediffs", "plugindownloadurl"]) {
    expect(refused.output).toContain(`\`${name}\``);
  }
});

test("a former name of a resource is refused where it is on record, and only there", async () => {
  stack = new TestStack();
  stack.describe({ a: {} });
  await stack.up();
  const opts = { aliases: [{ name: "a" }, { type: "things:old:Thing" }] };
  stack.describe({ b: { opts } });
  const renamed = await stack.up();
  expect(renamed.output).toMatch(/does not support taking \S+::b over from \S+::a \(the option `aliases`\)/);
  stack.describe({
    a: {},
    b: { opts: { aliases: [{ name: "c" }] } },
    d: { opts: { aliases: ["urn:pulumi:dev::x::y::z"] } },
  });
  expect((await stack.up()).steps.sort()).toEqual(["create b", "create d", "same a"]);
});

test("fields of Pulumi.yaml and of a stack's file that the engine would ignore are refused by name", async () => {
  stack = new TestStack();
  writeFileSync(stack.configFile, "environment: [prod]\nconfig:\n  things:spec: []\n");
  const refused = await stack.preview();
  expect(refused.code).toBe(1);
  expect(refused.output).toContain('Unrecognized key: "environment"');
});

test("a package without a plugin is named, with every place that was looked at", async () => {
  stack = new TestStack("certificates");
  stack.configure({ missing: true });
  const outcome = await stack.preview();
  expect(outcome.code).toBe(1);
  expect(outcome.output).toContain('no plugin for package "nowhere" (version 1.2.3)');
  expect(outcome.output).toContain("pulumi-resource-nowhere on PATH");
});

test("configuration that does not fit the project is refused before anything runs, all of it at once", async () => {
  stack = new TestStack();
  writeFileSync(stack.configFile, "config:\n  things:password: {a: 1}\n");
  const refused = await stack.preview();
  expect(refused.code).toBe(1);
  expect(refused.output).toContain("Stack 'dev' is missing configuration value 'spec'");
  expect(refused.output).toContain("Stack 'dev' with configuration key 'password' must be of type 'string'");
});
