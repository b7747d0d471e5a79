import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { hasUnknowns, plainMap, type PropertyMap } from "../protocol/propertyValue";
import {
  PartialFailure,
  type CheckRequest,
  type CheckResult,
  type CreateRequest,
  type CreateResult,
  type DeleteRequest,
  type DiffRequest,
  type DiffResult,
  type ReadRequest,
  type ReadResult,
  type ResourceHandler,
  type ResourceRequest,
  type UpdateRequest,
} from "../protocol/standIn";
import {
  annotateSecrets,
  checkpoint,
  metadataText,
  normalizeInputs,
  parseCheckpoint,
  pruneLive,
  withMetadata,
  withoutReadOnlyMetadata,
} from "./checkpoint";
import { describeApiError, statusOf, type ClusterApi } from "./clusterApi";
import { adoptFields, fieldManagerFor, mustForce } from "./fieldManagers";
import { isNamed, nameObject } from "./naming";
import { diffObject } from "./objectDiff";
import type { ObjectKind } from "./objectKinds";
import type { ProviderSettings } from "./providerSettings";

/** The configured provider. */
export interface Cluster {
  settings: ProviderSettings;
  api: ClusterApi;
}

/** A namespace may come into being while its objects wait: the real provider tries as often. */
const createRetries = 5;
/** How long an object may take to be gone after its deletion was accepted; a finalizer may hold it. */
const deletionTimeoutMs = 600_000;
const deletionPollMs = 500;

const existsHelp =
  "The resource already exists in the cluster: give it another name, import it with `pulumi import`, " +
  "or set upsertExistingObjects on the provider to let it be updated on create.";

function idOf(object: PropertyMap): string {
  return [metadataText(object, "namespace"), metadataText(object, "name")].filter((part) => part !== "").join("/");
}

/** One kind of object, as the real provider handles it with server-side apply. */
export class ObjectHandler implements ResourceHandler {
  constructor(
    private readonly kind: ObjectKind,
    private readonly cluster: () => Cluster,
  ) {}

  check(request: CheckRequest): CheckResult {
    const { apiVersion, kind, namespaced } = this.kind;
    const news = plainMap(request.news);
    const given = hasUnknowns(news) ? withoutReadOnlyMetadata(news) : normalizeInputs(news);
    let inputs: PropertyMap = { ...nameObject(given, { ...request, olds: plainMap(request.olds) }), apiVersion, kind };
    const { defaultNamespace } = this.cluster().settings;
    if (namespaced && defaultNamespace !== "" && metadataText(inputs, "namespace") === "") {
      inputs = withMetadata(inputs, { namespace: defaultNamespace });
    }
    return { inputs: annotateSecrets(inputs, request.news) };
  }

  diff({ state, news, ignoreChanges }: DiffRequest): DiffResult {
    return diffObject(this.kind, this.cluster().settings, state, plainMap(news), ignoreChanges);
  }

  async create({ inputs, preview, ...request }: CreateRequest): Promise<CreateResult> {
    if (preview && !(await this.canPreview(inputs, request))) return { id: "", outputs: inputs };
    const { settings, api } = this.cluster();
    const object = plainMap(inputs);
    const fieldManager = fieldManagerFor(object, `pulumi-kubernetes-${randomBytes(4).toString("hex")}`);
    const write = () =>
      settings.upsertExistingObjects
        ? api.apply(object, { fieldManager, dryRun: preview, force: mustForce(object, settings) || preview })
        : api.create(object, { fieldManager: "pulumi-kubernetes", dryRun: preview });
    try {
      const live = await this.retryNotFound(write, preview ? 0 : createRetries, request);
      const outputs = checkpoint(inputs, live, { initialApiVersion: this.kind.apiVersion, fieldManager });
      return { id: preview ? "" : idOf(live), outputs };
    } catch (error) {
      const status = statusOf(error);
      if (preview && (status === 403 || status === 404 || status === 409)) return { id: "", outputs: inputs };
      const help = status === 409 ? `\n\n${existsHelp}` : "";
      throw new Error(
        `resource "${request.urn}" was not successfully created by the Kubernetes API server: ${describeApiError(error)}${help}`,
        { cause: error },
      );
    }
  }

  async read({ id, state, inputs }: ReadRequest): Promise<ReadResult> {
    const name = id.split("/").at(-1) ?? "";
    const namespace = id.includes("/") ? id.split("/")[0] : undefined;
    const { apiVersion, kind } = this.kind;
    const gone = { id: "", outputs: {}, inputs: {} };
    const recorded = parseCheckpoint(state);
    try {
      const live = await this.cluster().api.read({
        apiVersion,
        kind,
        metadata: { name, ...(namespace && { namespace }) },
      });
      const oldInputs = normalizeInputs(plainMap(inputs));
      const imported = Object.keys(oldInputs).length <= 1;
      const liveInputs = imported ? withoutReadOnlyMetadata(live) : pruneLive(live, oldInputs);
      delete liveInputs.status;
      const keep = {
        initialApiVersion: recorded.initialApiVersion || apiVersion,
        fieldManager: recorded.fieldManager || `pulumi-kubernetes-${randomBytes(4).toString("hex")}`,
      };
      const shown = annotateSecrets(liveInputs, inputs);
      return { id, outputs: checkpoint(shown, live, keep), inputs: shown };
    } catch (error) {
      if (statusOf(error) === 404) return gone;
      throw new Error(`reading ${kind} ${id} failed: ${describeApiError(error)}`, { cause: error });
    }
  }

  async update({ id, state, news, preview, ...request }: UpdateRequest): Promise<PropertyMap> {
    if (preview && !(await this.canPreview(news, request))) return news;
    const { settings, api } = this.cluster();
    const object = normalizeInputs(plainMap(news));
    const recorded = parseCheckpoint(state);
    const fieldManager = fieldManagerFor(object, recorded.fieldManager);
    const keep = { initialApiVersion: recorded.initialApiVersion || this.kind.apiVersion, fieldManager };
    try {
      const live = await api.read(object);
      const force = mustForce(object, settings, live, preview);
      if (!preview) await adoptFields(api, live, fieldManager);
      return checkpoint(news, await api.apply(object, { fieldManager, dryRun: preview, force }), keep);
    } catch (error) {
      if (preview && statusOf(error) === 403) return news;
      const message = `update of resource "${request.urn}" failed: ${describeApiError(error)}`;
      const live = await api.read(object).catch(() => undefined);
      if (live === undefined || preview) throw new Error(message, { cause: error });
      throw new PartialFailure(message, id, checkpoint(news, live, keep));
    }
  }

  async delete({ id, state, signal }: DeleteRequest): Promise<void> {
    const { api } = this.cluster();
    const { live } = parseCheckpoint(state);
    const { apiVersion, kind } = this.kind;
    const object = { apiVersion, kind, metadata: live.metadata ?? {} };
    try {
      await api.delete(object);
      const end = Date.now() + deletionTimeoutMs;
      while (Date.now() < end) {
        await api.read(object);
        await sleep(deletionPollMs, undefined, { signal });
      }
    } catch (error) {
      if (statusOf(error) === 404) return;
      throw new Error(`deleting ${kind} ${id} failed: ${describeApiError(error)}`, { cause: error });
    }
    throw new Error(
      `${kind} ${id} is still there ${deletionTimeoutMs / 1000} s after its deletion: see its finalizers`,
    );
  }

  /** Whether a preview can ask the server; otherwise it shows the inputs, as if the engine had done it. */
  private async canPreview(inputs: PropertyMap, { log, urn }: ResourceRequest): Promise<boolean> {
    if (hasUnknowns(inputs) || !isNamed(inputs)) return false;
    const { api, settings } = this.cluster();
    if (await api.isReachable()) return true;
    const reason = settings.problem ?? "its server does not answer";
    log.write(
      "warning",
      `stand-in: the Kubernetes cluster is unreachable (${reason}); the preview shows inputs only`,
      urn,
    );
    return false;
  }

  private async retryNotFound(
    write: () => Promise<PropertyMap>,
    retries: number,
    { log, urn, signal }: ResourceRequest,
  ): Promise<PropertyMap> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await write();
      } catch (error) {
        if (statusOf(error) !== 404 || attempt > retries) throw error;
        log.status(`Retry #${attempt}; creation failed: ${describeApiError(error)}`, urn);
        await sleep(1000 * 2 ** (attempt - 1), undefined, { signal });
      }
    }
  }
}
