/**
 * The checkpoint file during a run: written anew, at once and whole, before an operation starts and after it ends.
 * Source of what is in it when: pkg/backend/snapshot.go.
 */
import { rename, writeFile } from "node:fs/promises";
import { deploymentText, serializeResource } from "./deployment";
import { normalizeAliases } from "./normalizeAliases";
import type { PendingOperation, ResourceState, Snapshot } from "./state";
import type { Vault } from "./vault";

export class Checkpoint {
  /** States made by this run, in the order they came about. */
  private readonly made: ResourceState[] = [];
  /** States of the base or of this run that are over: updated, replaced or deleted. */
  private readonly over = new Set<ResourceState>();
  private readonly running = new Set<PendingOperation>();
  private readonly texts = new WeakMap<ResourceState, string>();
  private writing: Promise<void> = Promise.resolve();
  private next: Promise<void> | undefined;

  /** @param file where to write; undefined in a preview, which records nothing. */
  constructor(
    private readonly file: string | undefined,
    private readonly base: Snapshot,
    private readonly vault: Vault,
  ) {}

  /** Records that an operation is about to run, and returns what ends the record. */
  async begin(resource: ResourceState, type: PendingOperation["type"]): Promise<() => void> {
    const operation = { resource, type };
    this.running.add(operation);
    await this.save();
    return () => this.running.delete(operation);
  }

  /** `state` exists from now on; `former`, where given, is over. */
  add(state: ResourceState, former?: ResourceState): void {
    this.made.push(state);
    if (former !== undefined) {
      this.remove(former);
    }
  }

  remove(state: ResourceState): void {
    this.over.add(state);
  }

  /** To be called after a state was changed in place. */
  touch(state: ResourceState): void {
    this.texts.delete(state);
  }

  /** Forgets operations that an earlier run left pending; all but creations, or those too. */
  clearPending(creations: boolean): void {
    this.base.pendingOperations = this.base.pendingOperations.filter(({ type }) => type === "creating" && !creations);
  }

  /** What is known now: this run's states first, then those of the base it has not come to. */
  snapshot(): Snapshot {
    const resources = [...this.made, ...this.base.resources].filter((state) => !this.over.has(state));
    const interrupted = this.base.pendingOperations.filter(({ type }) => type === "creating");
    return { resources: normalizeAliases(resources), pendingOperations: [...this.running, ...interrupted] };
  }

  /** Resolves when a write that began after this call is on disk; calls during a write share the next one. */
  save(): Promise<void> {
    if (this.file === undefined) {
      return Promise.resolve();
    }
    this.next ??= this.writing
      .catch(() => undefined)
      .then(() => {
        this.next = undefined;
        this.writing = this.write();
        return this.writing;
      });
    return this.next;
  }

  private async write(): Promise<void> {
    const file = this.file ?? "";
    const { resources, pendingOperations } = this.snapshot();
    const operations = pendingOperations.map(({ resource, type }) => ({ resource: this.serialize(resource), type }));
    const text = deploymentText(
      resources.map((state) => this.text(state)),
      operations,
      this.vault,
    );
    await writeFile(`${file}.new`, text, { mode: 0o600 });
    await rename(`${file}.new`, file);
  }

  private text(state: ResourceState): string {
    const text = this.texts.get(state) ?? this.serialize(state);
    this.texts.set(state, text);
    return text;
  }

  private serialize(state: ResourceState): string {
    return JSON.stringify(serializeResource(state, this.vault));
  }
}
