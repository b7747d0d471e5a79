import {
  ApiException,
  HttpMethod,
  KubernetesObjectApi,
  PatchStrategy,
  type KubernetesObject,
  type RequestContext,
  type ResponseContext,
} from "@kubernetes/client-node";
import { isMap, type PropertyMap } from "../protocol/propertyValue";
import type { ProviderSettings } from "./providerSettings";

/** Bounds one request, so that a server that does not answer is an error and no wait for ever. */
const requestTimeoutMs = 30_000;
/** Bounds the question whether the server can be reached, which previews ask. */
const probeTimeoutMs = 5_000;

const methods = {
  create: HttpMethod.POST,
  read: HttpMethod.GET,
  patch: HttpMethod.PATCH,
  delete: HttpMethod.DELETE,
} as const;

interface Call {
  query?: Record<string, string | undefined>;
  contentType?: string;
  body?: object;
}

/** The library's discovery, paths and credentials, with objects sent and returned as they are, untyped. */
class PlainObjectApi extends KubernetesObjectApi {
  async call(action: keyof typeof methods, object: PropertyMap, { query = {}, contentType, body }: Call) {
    // A copy: specUriPath fills in missing parts of what it is given.
    const path = await this.specUriPath(structuredClone(object), action);
    const request = this.configuration.baseServer.makeRequestContext(path, methods[action]);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) request.setQueryParam(name, value);
    request.setHeaderParam("Accept", "application/json");
    if (body) {
      request.setHeaderParam("Content-Type", contentType ?? "application/json");
      request.setBody(JSON.stringify(body));
    }
    return this.requestPromise<PropertyMap & KubernetesObject>(request, "plain");
  }

  async probe(): Promise<void> {
    const request = this.configuration.baseServer.makeRequestContext("/version", HttpMethod.GET);
    request.setSignal(AbortSignal.timeout(probeTimeoutMs));
    await this.requestPromise(request, "plain");
  }

  protected override requestPromise<T extends KubernetesObject>(request: RequestContext, type?: string): Promise<T> {
    if (request.getSignal() === undefined) request.setSignal(AbortSignal.timeout(requestTimeoutMs));
    return super.requestPromise(request, type);
  }

  protected override async processResponse<T extends KubernetesObject>(
    response: ResponseContext,
    type?: string,
  ): Promise<T> {
    const succeeded = response.httpStatusCode >= 200 && response.httpStatusCode <= 299;
    if (type !== "plain" || !succeeded) return super.processResponse(response, type);
    return JSON.parse(await response.body.text()) as T;
  }
}

/** The status code of an error that the API server answered with; undefined for any other error. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof ApiException ? error.code : undefined;
}

/** What went wrong, in the API server's words where it answered. */
export function describeApiError(error: unknown): string {
  if (error instanceof ApiException) {
    const body = parseBody(error.body);
    return typeof body?.message === "string" ? body.message : `the API server answered HTTP ${error.code}`;
  }
  const { message, cause } = error as { message: string; cause?: Partial<NodeJS.ErrnoException> };
  const reason = [message, cause?.message || cause?.code].filter(Boolean).join(": ");
  return `configured Kubernetes cluster is unreachable: ${reason}`;
}

function parseBody(body: unknown): PropertyMap | undefined {
  try {
    const parsed = (typeof body === "string" ? JSON.parse(body) : body) as PropertyMap;
    return isMap(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** How an object is written: `dryRun` asks the server to compute the result only. */
export interface WriteOptions {
  fieldManager: string;
  dryRun: boolean;
  force?: boolean;
}

/** The objects of one cluster. Every method throws the server's refusal as an ApiException. */
export class ClusterApi {
  private readonly api?: PlainObjectApi;
  private reachable?: Promise<boolean>;

  constructor(private readonly settings: ProviderSettings) {
    this.api = settings.kubeConfig?.makeApiClient(PlainObjectApi);
  }

  /** Whether the server answers; asked once, and without a kubeconfig not at all. */
  isReachable(): Promise<boolean> {
    this.reachable ??= (this.api?.probe() ?? Promise.reject(new Error("no kubeconfig"))).then(
      () => true,
      (error: unknown) => statusOf(error) !== undefined,
    );
    return this.reachable;
  }

  create(object: PropertyMap, options: WriteOptions): Promise<PropertyMap> {
    return this.require().call("create", object, { query: writeQuery(options), body: object });
  }

  /** Server-side apply. */
  apply(object: PropertyMap, options: WriteOptions): Promise<PropertyMap> {
    const call = { query: writeQuery(options), contentType: PatchStrategy.ServerSideApply, body: object };
    return this.require().call("patch", object, call);
  }

  merge(object: PropertyMap): Promise<PropertyMap> {
    return this.require().call("patch", object, { contentType: PatchStrategy.MergePatch, body: object });
  }

  read(object: PropertyMap): Promise<PropertyMap> {
    return this.require().call("read", object, {});
  }

  delete(object: PropertyMap): Promise<PropertyMap> {
    const body = { apiVersion: "v1", kind: "DeleteOptions", propagationPolicy: "Foreground" };
    return this.require().call("delete", object, { body });
  }

  private require(): PlainObjectApi {
    if (this.api === undefined) {
      throw new Error(`configured Kubernetes cluster is unreachable: ${this.settings.problem}`);
    }
    return this.api;
  }
}

function writeQuery({ fieldManager, dryRun, force }: WriteOptions): Call["query"] {
  return { fieldManager, dryRun: dryRun ? "All" : undefined, force: force === undefined ? undefined : String(force) };
}
