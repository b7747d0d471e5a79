import { createReadStream, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Connection } from "../../host/connection";
import { openSession } from "../../host/session";
import { temporaryDirectory } from "../support/localShell";
import { newSshKeyPair, SshHost } from "../support/sshHost";

describe("a session to a host", () => {
  let server: SshHost;
  let connection: Connection;
  beforeEach(async () => {
    server = await new SshHost().start();
    const { port, hostKey, privateKey } = server;
    connection = { host: "127.0.0.1", port, hostKey, privateKey };
  });
  afterEach(() => server.stop());

  it("runs scripts on standard input, so that nothing of them is in an argument list", async () => {
    const session = await openSession(connection);
    expect(await session.run("echo out; echo err >&2; exit 3")).toEqual({ stdout: "out\n", stderr: "err\n", code: 3 });
    expect(server.commands).toEqual(["sh -s"]);
  });

  it("is one connection, however many resources ask for it at once", async () => {
    const sessions = await Promise.all([1, 2, 3, 4].map(() => openSession(connection)));
    await Promise.all(sessions.map((session) => session.run("true")));
    expect(server.connections).toBe(1);
  });

  it("is opened again after it was lost", async () => {
    await (await openSession(connection)).run("true");
    server.cut();
    await sleep(100);
    expect((await (await openSession(connection)).run("echo back")).stdout).toBe("back\n");
    expect(server.connections).toBe(2);
  });

  it("fails a script that the connection is lost under, naming the host", async () => {
    const session = await openSession(connection);
    const running = session.run("exec sleep 2");
    setTimeout(() => server.cut(), 200);
    await expect(running).rejects.toThrow(`root@127.0.0.1:${server.port}: the connection was lost while a script ran`);
  });

  it("gives up on a script after its deadline", async () => {
    const session = await openSession(connection);
    await expect(session.run("exec sleep 2", 200)).rejects.toThrow("no answer within 0.2 s");
  });

  it("says what failed, where, and what the host said", async () => {
    const session = await openSession(connection);
    await expect(session.mustRun("preparing the host", "echo no space left >&2; exit 1")).rejects.toThrow(
      `root@127.0.0.1:${server.port}: preparing the host failed (exit status 1):\nno space left`,
    );
  });

  it("says that a signal ended a script, and where one said nothing", async () => {
    const session = await openSession(connection);
    await expect(session.mustRun("preparing the host", "kill -9 $$")).rejects.toThrow(
      `root@127.0.0.1:${server.port}: preparing the host failed (a signal ended the script on the host)`,
    );
    await expect(session.mustRun("reading", "exit 4")).rejects.toThrow("(exit status 4):\nit said nothing");
  });

  it("shows control characters of a host as text", async () => {
    const session = await openSession(connection);
    const script = String.raw`printf '\033[2Jgone\rok\t.\302\233\n' >&2; exit 1`;
    await expect(session.mustRun("reading", script)).rejects.toThrow("\\x1b[2Jgone\\x0dok\t.\\x9b");
  });

  it("ends a script that prints without end, and the connection goes on", async () => {
    const session = await openSession(connection);
    await expect(session.run("yes")).rejects.toThrow(
      `root@127.0.0.1:${server.port}: a script printed more than 32 MiB`,
    );
    expect((await session.run("echo next")).stdout).toBe("next\n");
  });

  it("looks once for all that is asked for at the same time, each with its own answer and end", async () => {
    const session = await openSession(connection);
    const looks = ["echo one", "echo two >&2; exit 3", "printf three", "exit 0"].map((script) =>
      session.look("reading", script),
    );
    const [one, two, three, four] = await Promise.allSettled(looks);
    expect([one, three, four]).toEqual([
      { status: "fulfilled", value: "one\n" },
      { status: "fulfilled", value: "three" },
      { status: "fulfilled", value: "" },
    ]);
    expect(String((two as PromiseRejectedResult).reason)).toContain("reading failed (exit status 3):\ntwo");
    expect(server.commands).toEqual(["sh -s"]);
  });

  it("lets one change of a host wait for the other", async () => {
    const session = await openSession(connection);
    const steps: string[] = [];
    const change = (name: string) => async (): Promise<void> => {
      steps.push(`${name} begins`);
      await session.run("sleep 0.05");
      steps.push(`${name} ends`);
    };
    await Promise.all([session.exclusive(change("one")), session.exclusive(change("two"))]);
    expect(steps).toEqual(["one begins", "one ends", "two begins", "two ends"]);
  });

  it("goes on with the next change after one that failed", async () => {
    const session = await openSession(connection);
    const failed = session.exclusive(() => Promise.reject(new Error("broken")));
    await expect(failed).rejects.toThrow("broken");
    await expect(session.exclusive(() => Promise.resolve("done"))).resolves.toBe("done");
  });

  describe("sends bytes behind a script", () => {
    const content = Buffer.alloc(3_000_000, "0123456789abcdef\n");
    let directory: string;
    beforeEach(() => (directory = temporaryDirectory()));
    afterEach(() => rmSync(directory, { recursive: true }));

    it("whole, not one of them taken by the script, which no argument has either", async () => {
      const to = join(directory, "to");
      const counts: number[] = [];
      const session = await openSession(connection);
      const script = `cat >${to}\necho end`;
      const transfer = { bytes: () => [Readable.from([content])], sent: (count: number) => void counts.push(count) };
      expect(await session.transfer("sending", script, transfer)).toBe("end\n");
      expect(readFileSync(to).equals(content)).toBe(true);
      expect(counts.at(-1)).toBe(content.length);
      expect(server.commands.join()).not.toContain("cat");
    });

    it("and says why the script did not take them", async () => {
      const session = await openSession(connection);
      const sent = session.transfer("sending", "echo no space left >&2; exit 1", {
        bytes: () => [Readable.from([content])],
      });
      await expect(sent).rejects.toThrow(/sending failed \(exit status 1\):\nno space left/);
    });

    it("and fails where they cannot be read", async () => {
      const session = await openSession(connection);
      const bytes = () => [createReadStream(join(directory, "none"))];
      await expect(session.transfer("sending", "cat", { bytes })).rejects.toThrow("ENOENT");
    });
  });

  it("refuses a host with another key, at once and without logging in", async () => {
    const other = newSshKeyPair().public;
    await expect(openSession({ ...connection, hostKey: other })).rejects.toThrow(
      "the host's key is not the one in hostKey",
    );
    expect(server.connections).toBe(1);
    expect(server.commands).toEqual([]);
  });

  it("does not repeat a login that was refused: that is how accounts get locked", async () => {
    const stranger = newSshKeyPair().private;
    await expect(openSession({ ...connection, privateKey: stranger })).rejects.toThrow("login refused");
    expect(server.connections).toBe(1);
  });

  it("names an unusable private key and shows nothing of it", async () => {
    const broken = openSession({ ...connection, privateKey: "-----BEGIN NONSENSE-----" });
    await expect(broken).rejects.toThrow("the private key cannot be used");
    await expect(broken).rejects.not.toThrow("NONSENSE");
  });

  it("names a host that does not answer, with what to look at", async () => {
    await server.stop();
    await expect(openSession({ ...connection, dialErrorLimit: 2 })).rejects.toThrow(
      /root@127\.0\.0\.1:\d+: unreachable over SSH after 2 attempts: .*ECONNREFUSED.*; check that the host is up/,
    );
  });
});
