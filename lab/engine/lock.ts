/**
 * One run at a time per checkpoint. The lock is a Unix socket in Linux' abstract name space: the kernel takes it from a
 * process that ends, however it ends, so that none is ever left behind.
 */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { realpathSync } from "node:fs";
import { connect, createServer } from "node:net";
import { basename, dirname, join } from "node:path";
import { text } from "node:stream/consumers";

/** @throws Error naming the process that works on the checkpoint now. */
export async function takeLock(stateFile: string): Promise<void> {
  const file = join(realpathSync(dirname(stateFile)), basename(stateFile));
  const name = `\0lab-engine-${createHash("sha256").update(file).digest("hex")}`;
  const holder = `process ${process.pid} since ${new Date().toISOString()}`;
  const server = createServer((socket) => socket.on("error", () => undefined).end(holder)).listen(name);
  try {
    await once(server, "listening");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    const by = await text(connect(name)).catch(() => "a process that has just ended");
    throw new Error(`the stack is locked by ${by} (${file}); wait for it to end, or end it`, { cause: error });
  }
  server.unref();
}
