import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../../../base/errorMessage";
import type { Call, CheckResult, Diff, Resource, ResourceHandler } from "../protocol/standIn";
import { containsUnknown, revealMap, type PropertyMap } from "../protocol/values";
import { PartialFailure } from "../protocol/wire";
import { statusOf, type ClusterApi } from "./clusterApi";
import { adoptFields, fieldManagerFor, mustForce } from "./fieldManagers";
import { collectionOf, diffObject, failures, idOf, type ObjectKind } from "./objectKind";
import { checkpoint, normalizeInputs, parseCheckpoint, pruneLive, withSecrets } from "./objects";

/** The configured provider. */
export interface Cluster {
  api: ClusterApi;
  /** Whether creating an object that exists updates it. */
  upsert: boolean;
}

/** How long an object may take to be gone after its deletion was accepted; a finalizer may hold it. */
const deletionTimeoutMs = 600_000;
const deletionPollMs = 500;

const existsHelp =
  "The resource already exists in the cluster: give it another name, import it with `pulumi import`, " +
  "or set upsertExistingObjects on the provider to let it be updated on create.";

/** Whether a preview can ask the server; otherwise it shows the inputs, as if the engine had done it. */
async function canPreview(api: ClusterApi, { inputs, log, urn }: Call): Promise<boolean> {
  if (containsUnknown(inputs)) return false;
  if (await api.isReachable()) return true;
  const reason = api.settings.problem ?? "its server does not answer";
  const shown = "the preview shows inputs only";
  await log.write("warning", `stand-in: the Kubernetes cluster is unreachable (${reason}); ${shown}`, urn);
  return false;
}

/** One kind of object, as the real provider handles it with server-side apply. */
export class ObjectHandler implements ResourceHandler {
  constructor(
    private readonly kind: ObjectKind,
    private readonly cluster: Cluster,
  ) {}

  check(news: PropertyMap): CheckResult {
    const { apiVersion, kind } = this.kind;
    const inputs = { ...normalizeInputs(revealMap(news)), apiVersion, kind };
    return { inputs: withSecrets(inputs, news), failures: failures(this.kind, inputs) };
  }

  diff(state: PropertyMap, news: PropertyMap, ignoreChanges: string[]): Diff {
    return diffObject(this.kind, state, news, ignoreChanges);
  }

  async create(call: Call): Promise<Resource> {
    const { urn, inputs, preview } = call;
    const { api, upsert } = this.cluster;
    if (preview && !(await canPreview(api, call))) return { id: "", outputs: inputs };
    const object = revealMap(inputs);
    const collection = collectionOf(this.kind, object);
    const fieldManager = fieldManagerFor(object, `pulumi-kubernetes-${randomBytes(4).toString("hex")}`);
    try {
      const live = upsert
        ? await api.apply(collection, object, { fieldManager, dryRun: preview, force: preview })
        : await api.create(collection, object, { fieldManager: "pulumi-kubernetes", dryRun: preview });
      const outputs = checkpoint(inputs, live, { initialApiVersion: this.kind.apiVersion, fieldManager });
      return { id: preview ? "" : idOf(live), outputs };
    } catch (error) {
      const status = statusOf(error);
      if (status === undefined) throw error;
      if (preview && (status === 403 || status === 404 || status === 409)) return { id: "", outputs: inputs };
      const help = status === 409 && !upsert ? `\n\n${existsHelp}` : "";
      const failed = `resource "${urn}" was not successfully created by the Kubernetes API server`;
      throw new Error(`${failed}: ${messageOf(error)}${help}`, { cause: error });
    }
  }

  async read({ id, state, inputs }: Call): Promise<Resource> {
    const { live: recorded, ...keep } = parseCheckpoint(state);
    try {
      const live = await this.cluster.api.read(collectionOf(this.kind, recorded), recorded);
      const shown = withSecrets(pruneLive(live, normalizeInputs(revealMap(inputs))), inputs);
      return { id, outputs: checkpoint(shown, live, keep), inputs: shown };
    } catch (error) {
      if (statusOf(error) === 404) return { id: "", outputs: {}, inputs: {} };
      throw error;
    }
  }

  async update(call: Call): Promise<PropertyMap> {
    const { urn, id, state, inputs: news, preview } = call;
    const { api } = this.cluster;
    if (preview && !(await canPreview(api, call))) return news;
    const object = normalizeInputs(revealMap(news));
    const collection = collectionOf(this.kind, object);
    const recorded = parseCheckpoint(state);
    const fieldManager = fieldManagerFor(object, recorded.fieldManager);
    const keep = { ...recorded, fieldManager };
    try {
      const live = await api.read(collection, object);
      const force = mustForce(live, preview);
      if (!preview) await adoptFields(api, collection, live, fieldManager);
      const applied = await api.apply(collection, object, { fieldManager, dryRun: preview, force });
      return checkpoint(news, applied, keep);
    } catch (error) {
      if (preview && statusOf(error) === 403) return news;
      const live = await api.read(collection, object).catch(() => undefined);
      const message = messageOf(error);
      if (live === undefined) throw new Error(`update of resource "${urn}" failed: ${message}`, { cause: error });
      const failed = `the Kubernetes API server reported that "${id}" failed to fully initialize or become live`;
      throw new PartialFailure(`${failed}: ${message}`, id, checkpoint(news, live, keep));
    }
  }

  async delete({ id, state, signal }: Call): Promise<void> {
    const { api } = this.cluster;
    const { live } = parseCheckpoint(state);
    const collection = collectionOf(this.kind, live);
    try {
      await api.delete(collection, live);
      for (const end = Date.now() + deletionTimeoutMs; Date.now() < end;) {
        await api.read(collection, live);
        await sleep(deletionPollMs, undefined, { signal });
      }
    } catch (error) {
      if (statusOf(error) === 404) return;
      throw error;
    }
    const seconds = deletionTimeoutMs / 1000;
    throw new Error(`${this.kind.kind} ${id} is still there ${seconds} s after its deletion: see its finalizers`);
  }
}
