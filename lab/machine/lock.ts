import * as fs from "node:fs/promises";
import * as path from "node:path";
import { pollUntil } from "./interrupt";
import { isAlive, startTimeOf } from "./processTable";
import { readIfExists } from "./files";

const longestWaitSeconds = 60 * 60;

/**
 * Runs `body` while no other process of this machine holds the lock `file`.
 * A lock whose holder has died is taken over.
 */
export async function withLock<T>(file: string, onWait: () => void, body: () => Promise<T>): Promise<T> {
  await fs.mkdir(path.dirname(file), { recursive: true });
  let waited = false;
  const taken = await pollUntil(async () => {
    if ((await take(file)) || (await take(file))) return true; // the first try may have cleared away a dead holder's lock
    if (!waited) onWait();
    waited = true;
    return undefined;
  }, longestWaitSeconds);
  if (!taken) throw new Error(`${file}: another process has held this lock for an hour; end it or remove the file`);
  try {
    return await body();
  } finally {
    await fs.rm(file, { force: true });
  }
}

/** The holder writes its lock beside and links it into place: a lock is never there without its holder's name. */
async function take(file: string): Promise<boolean> {
  const mine = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  await fs.writeFile(mine, JSON.stringify({ pid: process.pid, startTime: startTimeOf(process.pid) }));
  try {
    await fs.link(mine, file);
    return true;
  } catch {
    await removeIfAbandoned(file);
    return false;
  } finally {
    await fs.rm(mine, { force: true });
  }
}

/** Moves the lock of a dead holder away; puts it back if another process has taken it over in the meantime. */
async function removeIfAbandoned(file: string): Promise<void> {
  const text = await readIfExists(file);
  if (text === undefined || holderLives(text)) return;
  const aside = `${file}.${process.pid}.abandoned`;
  await fs.rename(file, aside).catch(() => undefined);
  const moved = await readIfExists(aside);
  if (moved !== undefined && moved !== text) await fs.link(aside, file).catch(() => undefined);
  await fs.rm(aside, { force: true });
}

function holderLives(text: string): boolean {
  const holder = JSON.parse(text) as { pid: number; startTime: string };
  return isAlive(holder.pid, holder.startTime);
}
