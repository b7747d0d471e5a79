import { spawn } from "node:child_process";
import * as fs from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";
import { capabilitiesIn } from "../../lab/machine/capabilities";
import { run, tryRun } from "../../lab/machine/command";
import { daemonPid, ensureDaemon, stopDaemon } from "../../lab/machine/daemons";
import type * as directories from "../../lab/machine/directories";
import { InterruptedError } from "../../lab/machine/errors";
import { readIfExists } from "../../lab/machine/files";
import { interrupt, pollUntil, resetInterrupt } from "../../lab/machine/interrupt";
import { withLock } from "../../lab/machine/lock";
import { acquire, leasesOf, release } from "../../lab/machine/machineState";
import { processesWith, startTimeOf } from "../../lab/machine/processTable";

let directory: string;
jest.mock("../../lab/machine/directories", () => ({ machineDirectory: () => directory }));
beforeEach(async () => {
  directory = await fs.mkdtemp(path.join(os.tmpdir(), "machine-"));
});
afterEach(() => fs.rm(directory, { recursive: true, force: true }));

test("capabilities are read from a set, and those that Docker may not know are left out", () => {
  expect(capabilitiesIn("1ffffffffff")).toHaveLength(38);
  expect(capabilitiesIn("1fffeffffff")).not.toContain("SYS_RESOURCE");
  expect(capabilitiesIn("21")).toEqual(["CHOWN", "KILL"]);
});

describe("what labs share on a machine", () => {
  test("the first lab changes it, the last one puts back what the first has found", async () => {
    const changes: string[] = [];
    const change = (found: string) => () => (changes.push(`change ${found}`), Promise.resolve(found));
    const restore = (original: string) => (changes.push(`restore ${original}`), Promise.resolve());
    await acquire("forwarding", "a", change("0"));
    await acquire("forwarding", "b", change("1"));
    expect(await leasesOf("b")).toEqual(["forwarding"]);
    await release("forwarding", "a", restore);
    await release("forwarding", "a", restore);
    expect(changes).toEqual(["change 0"]);
    await release("forwarding", "b", restore);
    expect(changes).toEqual(["change 0", "restore 0"]);
  });

  test("is noted at one place of the machine, whatever cache a lab uses", () => {
    const { machineDirectory } = jest.requireActual<typeof directories>("../../lab/machine/directories");
    const cache = process.env.XDG_CACHE_HOME;
    try {
      process.env.XDG_CACHE_HOME = directory;
      expect(machineDirectory()).toBe("/run/kubernetes-worker-nodes-labs");
    } finally {
      if (cache === undefined) delete process.env.XDG_CACHE_HOME;
      else process.env.XDG_CACHE_HOME = cache;
    }
  });

  test("what had not to be changed is not put back", async () => {
    await acquire("forwarding", "a", () => Promise.resolve(undefined));
    expect(await leasesOf("a")).toEqual([]);
    await release("forwarding", "a", () => Promise.reject(new Error("restored")));
  });

  test("records from before a reboot are forgotten", async () => {
    await acquire("forwarding", "a", () => Promise.resolve("0"));
    const file = path.join(directory, "machine.json");
    const recorded = await fs.readFile(file, "utf8");
    await fs.writeFile(file, recorded.replace(/"bootId": "[^"]+"/, '"bootId": "another"'));
    expect(await leasesOf("a")).toEqual([]);
  });
});

describe("locks", () => {
  test("keep two runs apart", async () => {
    const order: string[] = [];
    const lock = path.join(directory, "lock");
    const job = (name: string) =>
      withLock(
        lock,
        () => order.push(`${name} waits`),
        async () => {
          order.push(`${name} begins`);
          await new Promise((resolve) => setTimeout(resolve, 300));
          order.push(`${name} ends`);
        },
      );
    await Promise.all([job("one"), new Promise((resolve) => setTimeout(resolve, 50)).then(() => job("other"))]);
    expect(order).toEqual(["one begins", "other waits", "one ends", "other begins", "other ends"]);
  });

  test("of a dead process are taken over at once", async () => {
    const lock = path.join(directory, "lock");
    await fs.writeFile(lock, JSON.stringify({ pid: process.pid, startTime: "0" }));
    const waits: string[] = [];
    expect(
      await withLock(
        lock,
        () => waits.push("waits"),
        () => Promise.resolve("done"),
      ),
    ).toBe("done");
    expect(waits).toEqual([]);
    expect(await fs.readdir(directory)).toEqual([]);
  });
});

/** Resolves when there is no such process any more: a signal ends it a little after it was sent. */
async function ended(pid: number): Promise<void> {
  expect(await pollUntil(() => Promise.resolve(startTimeOf(pid) === undefined ? true : undefined), 10)).toBe(true);
}

describe("commands", () => {
  test("tell their exit code and what they said", async () => {
    await expect(run("sh", ["-c", "echo broken >&2; exit 3"])).rejects.toThrow(/exit code 3\nbroken/);
    expect((await tryRun("no-such-program", [])).code).toBe(127);
  });

  test("end with all they started when their time is over or the run is interrupted", async () => {
    const script = ["-c", "sleep 60 & echo $!; wait"];
    const late = await tryRun("sh", script, { timeoutSeconds: 0.3 });
    expect(late.code).toBe(124);
    await ended(Number(late.stdout));
    const running = tryRun("sh", script);
    setTimeout(interrupt, 200);
    await expect(running).rejects.toThrow(InterruptedError);
    await expect(run("true", [])).rejects.toThrow(InterruptedError);
    resetInterrupt();
    expect(await run("echo", ["again"])).toBe("again\n");
  });
});

describe("daemons", () => {
  const daemon = (...args: string[]) => ({
    name: "sleeper",
    command: "sleep",
    args,
    env: { LAB_TEST: directory },
    logPath: path.join(directory, "logs", "sleeper.log"),
    recordPath: path.join(directory, "sleeper.json"),
  });

  test("are started once, replaced when their arguments change, and found by their environment", async () => {
    expect(await ensureDaemon(daemon("60"))).toBe("started");
    const first = await daemonPid(daemon().recordPath);
    expect(await ensureDaemon(daemon("60"))).toBe("kept");
    expect(await daemonPid(daemon().recordPath)).toBe(first);
    expect(await ensureDaemon(daemon("61"))).toBe("started");
    const second = await daemonPid(daemon().recordPath);
    expect(second).not.toBe(first);
    expect(processesWith("LAB_TEST", directory)).toEqual([second]);
    await stopDaemon(daemon().recordPath);
    expect(await daemonPid(daemon().recordPath)).toBeUndefined();
    expect(processesWith("LAB_TEST", directory)).toEqual([]);
  });

  test("that ignore a polite request are ended by force", async () => {
    await ensureDaemon({ ...daemon("-c", 'trap "" TERM; echo ready; while :; do sleep 0.1; done'), command: "sh" });
    const ready = async () => ((await readIfExists(daemon().logPath))?.includes("ready") ? true : undefined);
    expect(await pollUntil(ready, 10)).toBe(true);
    const pid = (await daemonPid(daemon().recordPath)) ?? 0;
    await stopDaemon(daemon().recordPath, 0.3);
    expect(startTimeOf(pid)).toBeUndefined();
  });

  test("another process with a recorded id is not taken for the daemon", async () => {
    const stranger = spawn("sleep", ["60"]);
    await fs.writeFile(daemon().recordPath, JSON.stringify({ pid: stranger.pid, startTime: "1", fingerprint: "" }));
    expect(await daemonPid(daemon().recordPath)).toBeUndefined();
    await stopDaemon(daemon().recordPath);
    expect(startTimeOf(stranger.pid ?? 0)).toBeDefined();
    stranger.kill();
  });
});
