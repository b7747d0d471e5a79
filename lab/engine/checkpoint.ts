/**
 * The checkpoint file: read at the start of a run, written anew and whole before an operation starts and after it ends.
 * Source of what is in it when: pkg/backend/snapshot.go.
 */
import { existsSync, readFileSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { parseDeployment, serializeDeployment } from "./deployment";
import type { PendingOperation, ResourceState, Snapshot } from "./state";
import { Vault } from "./vault";

/** The stack's last recorded state; empty where there is none yet. @param salt of the stack's configuration file. */
export function readState(file: string, salt: string | undefined): { snapshot: Snapshot; vault: Vault } {
  if (existsSync(file)) return parseDeployment(readFileSync(file, "utf8"), salt);
  return { snapshot: { resources: [], pendingOperations: [] }, vault: new Vault(salt) };
}

export class Checkpoint {
  /** States made by this run, in the order they came about. */
  private readonly made: ResourceState[] = [];
  /** States of the base or of this run that are over: updated, replaced or deleted. */
  private readonly over = new Set<ResourceState>();
  private readonly running = new Set<PendingOperation>();
  private writing: Promise<void> = Promise.resolve();
  private next: Promise<void> | undefined;

  /** @param file where to write; undefined in a preview, which records nothing. */
  constructor(
    private readonly file: string | undefined,
    private readonly base: Snapshot,
    private readonly vault: Vault,
  ) {}

  /** Records that an operation is about to run. @returns what ends the record. */
  async begin(resource: ResourceState, type: PendingOperation["type"]): Promise<() => void> {
    const operation = { resource, type };
    this.running.add(operation);
    await this.save();
    return () => this.running.delete(operation);
  }

  add(state: ResourceState): void {
    this.made.push(state);
  }

  remove(state: ResourceState): void {
    this.over.add(state);
  }

  /** Resolves when a write that began after this call is on disk; calls during a write share the next one. */
  save(): Promise<void> {
    this.next ??= this.writing
      .catch(() => undefined)
      .then(() => {
        this.next = undefined;
        return (this.writing = this.write());
      });
    return this.next;
  }

  /** This run's states first, then those of the base it has not come to. */
  private async write(): Promise<void> {
    if (this.file === undefined) return;
    const resources = [...this.made, ...this.base.resources].filter((state) => !this.over.has(state));
    const interrupted = this.base.pendingOperations.filter(({ type }) => type === "creating");
    const snapshot = { resources, pendingOperations: [...this.running, ...interrupted] };
    await writeFile(`${this.file}.new`, serializeDeployment(snapshot, this.vault), { mode: 0o600 });
    await rename(`${this.file}.new`, this.file);
  }
}
