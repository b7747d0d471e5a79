import { randomUUID } from "node:crypto";
import { messageOf } from "../base/errorMessage";
import { tendHeap } from "../base/heap";
import { PartialFailure } from "../base/partialFailure";
import { describeConnection, sealConnection, unsealConnection } from "./connection";
import type { HostInputs, Instance } from "./hostInputs";
import { heldByAnother, heldByInstance, leftAsBefore, stillTaken } from "./remoteScript";
import { openSession, openSessionToRead, ScriptFailure, SessionLost } from "./session";
import type { Session } from "./session";

/** The name of a resource on its host: the one that it has, or a new one. */
export function instanceOf(state?: Instance): Required<Instance> {
  return { instance: state?.instance ?? randomUUID() };
}

/** What a resource has put on a host, for what the list of it there does not say any more. */
export interface Written extends Required<Instance> {
  /** Paths. */
  known: string[];
  /** Directories that were made for them. */
  made: string[];
}

/** Inputs as the state has them: how the host is reached stands whole in the outputs, which all that runs without a program reads. */
export function sealHost<Inputs extends Pick<HostInputs, "connection">>(inputs: Inputs): Inputs {
  // A run that changes nothing asks for no more than this, once a resource.
  tendHeap();
  return { ...inputs, connection: sealConnection(inputs.connection) };
}

/** The inputs of {@link sealHost}. */
export function unsealHost<Inputs extends Pick<HostInputs, "connection">>(inputs: Inputs): Inputs {
  return { ...inputs, connection: unsealConnection(inputs.connection) };
}

/** State of a resource whose last change failed and may have been done in part. */
export interface Unfinished {
  unfinished?: boolean;
}

/** A refresh makes the engine forget that a change failed, and this among the faults makes the next `up` do it again. */
const unfinishedFault = "the last change was not finished";

/**
 * Runs a change of a host, one at a time. A failure that left the host as it was is told as it is, and the resource stays as it is
 * recorded; after any other one the resource is recorded as unfinished, so that the next `up` changes it again even when the
 * settings were taken back, and `destroy` removes what there is.
 *
 * @param record what such a record says: the inputs as outputs have them, and outputs of the last change that was finished.
 */
export async function changeHost<Result>(
  id: string,
  record: HostInputs,
  change: (session: Session) => Promise<Result>,
): Promise<Result> {
  const session = await openSession(record.connection);
  try {
    return await session.exclusive(() => change(session));
  } catch (error) {
    if (!mayBeInBetween(error)) throw error;
    const message = messageOf(error);
    throw new PartialFailure(message, id, { ...record, unfinished: true });
  }
}

/** Ends of a script after which the host is as it was before. */
const untouched: (number | null)[] = [leftAsBefore, heldByAnother, stillTaken, heldByInstance];

function mayBeInBetween(error: unknown): boolean {
  if (error instanceof SessionLost) return true;
  return error instanceof ScriptFailure && !untouched.includes(error.code);
}

/** Whether both are the same node on the same machine, so that what one has written is the other's. */
export function sameHost(olds: HostInputs, news: HostInputs): boolean {
  const isFound = olds.claim.lost !== true || news.claim.lost === true;
  return isFound && olds.claim.id === news.claim.id && olds.claim.machineId === news.claim.machineId;
}

/**
 * Whether there is nothing to do: the last change was finished, on this very host, and what it was to make is the same.
 *
 * @param content everything but how the host is reached and what only looks or removes.
 */
export function isUnchanged<Inputs extends HostInputs>(
  olds: Inputs & Unfinished,
  news: Inputs,
  content: (inputs: Inputs) => unknown,
): boolean {
  const same = (): boolean => JSON.stringify(content(olds)) === JSON.stringify(content(news));
  return olds.unfinished !== true && sameHost(olds, news) && same();
}

/** What a refresh says is wrong because of a change that was not finished. */
export function unfinishedFaults({ unfinished }: Unfinished): string[] {
  return unfinished === true ? [unfinishedFault] : [];
}

/**
 * Inputs after a refresh that has seen nothing of a host. The engine keeps those that it has where none are given; where the last
 * change was not finished it has to be done again, and so they are other ones.
 *
 * @param recorded what the state has of them; texts of files may be digests here.
 */
export function inputsUnseen<Inputs extends HostInputs>(state: Unfinished, recorded: Inputs): { inputs?: Inputs } {
  return state.unfinished === true ? { inputs: sealHost({ ...recorded, faults: unfinishedFaults(state) }) } : {};
}

/** The mark of a change that was not finished, for a state that takes it over. */
export function markOf({ unfinished }: Unfinished): Unfinished {
  return unfinished === true ? { unfinished } : {};
}

/** Why a removal that did nothing is done: what there is has become another's. */
const holders = new Map<number | null, string>([
  [heldByAnother, "the host has passed on to another claim"],
  [heldByInstance, "another resource of the program has it now"],
]);

/**
 * Removes something from a host; not where the host is lost or was passed on to another claim, whose things they are now.
 */
export async function removeFromHost(
  { connection, claim }: HostInputs,
  purpose: string,
  script: string,
): Promise<void> {
  if (claim.lost === true) {
    console.log(`${describeConnection(connection)}: ${purpose}: nothing was done, the machine is declared lost`);
    return;
  }
  const session = await openSession(connection).catch((error: unknown) => {
    const advice =
      "if the machine is gone for good, put it back into the hosts with lost: true, run up, and take it out again";
    throw new Error(`${messageOf(error)}; ${advice}`, { cause: error });
  });
  try {
    // What it says without failing is what it left.
    const said = await session.exclusive(() => session.mustRun(purpose, `(\n${script}\n) 2>&1`));
    for (const line of said.split("\n").filter((text) => text.trim() !== "")) {
      console.log(`${describeConnection(connection)}: ${purpose}: ${line}`);
    }
  } catch (error) {
    const holder = error instanceof ScriptFailure ? holders.get(error.code) : undefined;
    if (holder === undefined) throw error;
    console.log(`${describeConnection(connection)}: ${purpose}: nothing was done, ${holder}`);
  }
}

/**
 * What a host says to a script that only looks; undefined where it does not answer, is lost, or is another claim's: then nothing is
 * known, which is told and must not stop a refresh of all others.
 */
export async function lookAtHost({ connection, claim }: HostInputs, purpose: string, script: string) {
  if (claim.lost === true) return undefined;
  try {
    return await (await openSessionToRead(connection)).look(purpose, script);
  } catch (error) {
    // That a host is another's is told by the claim.
    const isTold = error instanceof ScriptFailure && error.code === heldByAnother;
    if (!isTold) console.log(`${purpose}: unknown, ${messageOf(error)}`);
    return undefined;
  }
}

/** What a look found, by the first word of each line. */
export function reported(report: string, kind: string): string[] {
  return report
    .split("\n")
    .filter((line) => line.startsWith(`${kind}|`))
    .map((line) => line.slice(kind.length + 1));
}

/** Directories that a change has made, or one before it. */
export function madeDirectories(report: string): string[] {
  return reported(report, "made");
}
