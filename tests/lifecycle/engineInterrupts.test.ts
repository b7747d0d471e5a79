import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { TestStack } from "./testStack";

let stack: TestStack;
beforeEach(() => (stack = new TestStack()));
afterEach(() => {
  stack.remove();
});
jest.setTimeout(120_000);

/** Exit code of an operation ended at once. Source: sdk/go/common/util/cmdutil/exit.go. */
const cancelled = 8;

test("a second run is refused while one goes on, which an interrupt ends in good order", async () => {
  stack.describe({ a: { props: { milliseconds: 1500 } } });
  const { process: engine, ended } = stack.start("up");
  await stack.untilBegun("create a");
  const other = await stack.up();
  expect(other.output).toContain("the stack is locked");
  expect(other.output).toContain(String(engine.pid));
  engine.kill("SIGINT");
  expect(await ended).toMatchObject({ code: 1, steps: ["create a"] });
  expect(existsSync(`${stack.stateFile}.lock`)).toBe(false);
});

test("a run that was killed leaves what was pending on record, its lock is taken over and its plugins are ended", async () => {
  stack.describe({ a: {}, b: { props: { value: "${a.computed}", milliseconds: 3000 } } });
  const { process: engine, ended } = stack.start("up");
  await stack.untilBegun("create b");
  engine.kill("SIGKILL");
  await ended;
  const orphanWouldHaveEnded = pause(4000);
  expect(stack.deployment().pending_operations).toMatchObject([
    { type: "creating", resource: { urn: expect.stringContaining("::b") as string } },
  ]);
  stack.describe({ a: {}, b: { props: { value: "${a.computed}" } } });
  const next = await stack.up();
  expect(next.code).toBe(0);
  expect(next.steps).toEqual(["same a", "create b"]);
  expect(next.output).toContain("interrupted while creating");
  await orphanWouldHaveEnded;
  expect(stack.journal()).toEqual(["create a", "create b"]);
  expect((await stack.refresh("--clear-pending-creates")).code).toBe(0);
  expect(stack.deployment().pending_operations).toBeUndefined();
});

test("a second SIGINT ends everything at once", async () => {
  stack.describe({ a: { props: { milliseconds: 60_000 } } });
  const { process: engine, ended } = stack.start("up");
  await stack.untilBegun("create a");
  engine.kill("SIGINT");
  await pause(200);
  engine.kill("SIGINT");
  expect((await ended).code).toBe(cancelled);
  expect(stack.deployment().pending_operations).toHaveLength(1);
});

test("an interrupt while a plugin is being started ends the run and the plugin", async () => {
  const slow = new TestStack("certificates");
  const folder = join(slow.folder, "bin");
  const [begun, over] = [join(folder, "begun"), join(folder, "over")];
  mkdirSync(folder);
  const script = `#!/bin/sh\ntouch '${begun}'\nsleep 5\ntouch '${over}'\nsleep 60\n`;
  writeFileSync(join(folder, "pulumi-resource-tls"), script, { mode: 0o755 });
  slow.variables["PATH"] = [folder, process.env["PATH"]].join(delimiter);
  slow.configure({ commonName: "node", explicit: false });
  const { process: engine, ended } = slow.start("up");
  while (!existsSync(begun)) await pause(20);
  engine.kill("SIGINT");
  const { code, output } = await ended;
  expect({ code, canceled: output.includes("error: update canceled") }).toEqual({ code: 1, canceled: true });
  await pause(5000);
  expect(existsSync(over)).toBe(false);
  slow.remove();
});
