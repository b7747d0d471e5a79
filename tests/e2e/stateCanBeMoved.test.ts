import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Lab } from "../../lab/lab";
import { fingerprint } from "../support/hostFingerprint";
import { Stack, expectSuccess, readyStack } from "../support/stack";

describe("a state that is exported from one backend and imported into another", () => {
  let lab: Lab;
  let stack: Stack;
  let moved: Stack;
  let backend: string;
  beforeAll(async () => {
    ({ lab, stack } = await readyStack());
    backend = mkdtempSync(join(lab.files.directory, "backend-"));
    moved = await Stack.open(lab, stack.name, backend);
  });
  afterAll(() => rmSync(backend, { recursive: true }));

  test("is of nodes that would all be made anew before the import", async () => {
    const { changes } = expectSuccess(await moved.preview());
    expect(Object.keys(changes)).toEqual(["create"]);
  });

  test("has nothing to change, and a run by it changes nothing on a host", async () => {
    await moved.import(await stack.export());
    const before = await Promise.all(lab.hosts.map(({ name }) => fingerprint(lab, name)));
    const { changes } = expectSuccess(await moved.up({ refresh: true, expectNoChanges: true }));
    expect(changes).toEqual({ same: expect.any(Number) as number });
    expect(await Promise.all(lab.hosts.map(({ name }) => fingerprint(lab, name)))).toEqual(before);
  });
});
