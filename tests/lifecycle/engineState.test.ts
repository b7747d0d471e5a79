import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSalt, openCrypter } from "../../lab/engine/passphrase";
import { TestStack } from "./testStack";

let stack: TestStack;
beforeEach(() => (stack = new TestStack()));
afterEach(() => {
  stack.remove();
});
jest.setTimeout(120_000);

const secretMark = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

test("secrets are encrypted in the checkpoint and shown nowhere, also where they travel through outputs and messages", async () => {
  const salt = createSalt(stack.passphrase);
  const password = openCrypter(stack.passphrase, salt).encrypt("hidden-value");
  const opts = { additionalSecretOutputs: ["computed"] };
  stack.describe(
    {
      a: { props: { value: { config: "password" }, say: "saying" }, opts, outputs: { value: "${a.value}" } },
      b: { props: { value: "${a.value}", other: { deep: [{ config: "password" }] } }, opts },
      c: { props: { value: "${b.computed}" }, opts },
    },
    { password: { secure: password } },
    { encryptionsalt: salt },
  );
  const outcome = await stack.up("--diff", "--verbose");
  expect(outcome.code).toBe(0);
  expect(outcome.output).toContain("saying [secret]");
  const { a, b, c } = stack.resources();
  for (const value of [a?.inputs?.value, a?.outputs?.computed, b?.inputs?.value, b?.outputs?.value, c?.inputs?.value]) {
    expect(value).toMatchObject(secretMark);
  }
  // A provider that knows no secrets may reorder a list, so all of it counts as secret.
  expect(b?.inputs?.other).toEqual({ deep: expect.objectContaining(secretMark) as unknown });
  for (const text of [stack.stateText, outcome.output]) {
    expect(text).not.toMatch(/hidden-value/);
  }
  expect(stack.things().b).toMatchObject({ value: "hidden-value", other: { deep: ["hidden-value"] } });
  const before = stack.stateText.replace(/"time":"[^"]*"/, "");
  expect((await stack.up("--expect-no-changes")).code).toBe(0);
  expect(stack.stateText.replace(/"time":"[^"]*"/, "")).toBe(before);
});

test("a checkpoint is exported in Pulumi's format and can be imported again, also with its secrets", async () => {
  stack.describe({ a: { props: { value: { secret: "hidden-value" } } } });
  await stack.up();
  const file = join(stack.folder, "exported.json");
  await stack.run("stack export", "--file", file);
  const exported = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  expect(exported).toMatchObject({ version: 3, deployment: { secrets_providers: { type: "passphrase" } } });
  rmSync(stack.stateFile);
  expect((await stack.run("stack import", "--file", file)).code).toBe(0);
  expect((await stack.up("--expect-no-changes")).code).toBe(0);
  writeFileSync(file, readFileSync(file, "utf8").replaceAll("urn:pulumi:dev::", "urn:pulumi:other::"));
  expect((await stack.run("stack import", "--file", file)).output).toContain("belongs to a different stack");
  writeFileSync(file, JSON.stringify({ version: 4, features: ["hooks"], deployment: {} }));
  expect((await stack.run("stack import", "--file", file)).output).toContain("this one's version is 4, feature hooks");
});
