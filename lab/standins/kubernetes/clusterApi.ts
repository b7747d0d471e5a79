import { request as httpsRequest, type RequestOptions } from "node:https";
import { text } from "node:stream/consumers";
import type { PropertyMap } from "../../engine/values";
import { metadataText } from "./objects";
import type { ProviderSettings } from "./providerSettings";

/** Bounds one request, so that a server that does not answer is an error and no wait for ever. */
const requestTimeoutMs = 30_000;
/** Bounds the question whether the server can be reached, which previews ask. */
const probeTimeoutMs = 5_000;

/** A refusal in the API server's words. */
export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

/** The status code of an error that the API server answered with; undefined for any other error. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof ApiError ? error.status : undefined;
}

/** How an object is written: `dryRun` asks the server to compute the result only. */
export interface WriteOptions {
  fieldManager: string;
  dryRun: boolean;
  force?: boolean;
}

interface Call {
  method: string;
  path: string;
  query?: Record<string, string>;
  contentType?: string;
  body?: object;
  timeoutMs?: number;
}

/** The objects of one cluster. Every method throws the server's refusal as an {@link ApiError}. */
export class ClusterApi {
  private reachable?: Promise<boolean>;

  constructor(readonly settings: ProviderSettings) {}

  /** Whether the server answers; asked once, and without a kubeconfig not at all. */
  isReachable(): Promise<boolean> {
    this.reachable ??= this.call({ method: "GET", path: "/version", timeoutMs: probeTimeoutMs }).then(
      () => true,
      (error: unknown) => statusOf(error) !== undefined,
    );
    return this.reachable;
  }

  create(collection: string, object: PropertyMap, options: WriteOptions): Promise<PropertyMap> {
    return this.call({ method: "POST", path: collection, query: writeQuery(options), body: object });
  }

  /** Server-side apply. */
  apply(collection: string, object: PropertyMap, options: WriteOptions): Promise<PropertyMap> {
    const contentType = "application/apply-patch+yaml";
    return this.call({
      method: "PATCH",
      path: at(collection, object),
      query: writeQuery(options),
      contentType,
      body: object,
    });
  }

  merge(collection: string, object: PropertyMap): Promise<PropertyMap> {
    const contentType = "application/merge-patch+json";
    return this.call({ method: "PATCH", path: at(collection, object), contentType, body: object });
  }

  read(collection: string, object: PropertyMap): Promise<PropertyMap> {
    return this.call({ method: "GET", path: at(collection, object) });
  }

  delete(collection: string, object: PropertyMap): Promise<PropertyMap> {
    const body = { apiVersion: "v1", kind: "DeleteOptions", propagationPolicy: "Foreground" };
    return this.call({ method: "DELETE", path: at(collection, object), body });
  }

  private async call({
    method,
    path,
    query,
    contentType = "application/json",
    body,
    timeoutMs = requestTimeoutMs,
  }: Call): Promise<PropertyMap> {
    const { kubeConfig, problem } = this.settings;
    const server = kubeConfig?.getCurrentCluster()?.server;
    if (kubeConfig === undefined || server === undefined) {
      throw unreachable(problem);
    }
    const content = body && JSON.stringify(body);
    const options: RequestOptions = {
      method,
      headers: {
        Accept: "application/json",
        // The length is for DELETE, whose body Node.js would send without one.
        ...(content && { "Content-Type": contentType, "Content-Length": Buffer.byteLength(content) }),
      },
      signal: AbortSignal.timeout(timeoutMs),
    };
    await kubeConfig.applyToHTTPSOptions(options);
    const url = new URL(`${server.replace(/\/$/, "")}${path}?${new URLSearchParams(query).toString()}`);
    const { status, answer } = await send(url, options, content);
    if (status >= 200 && status <= 299) return JSON.parse(answer) as PropertyMap;
    throw new ApiError(refusal(answer) ?? `the API server answered HTTP ${status}`, status);
  }
}

const unreachable = (reason?: string) => new Error(`configured Kubernetes cluster is unreachable: ${reason}`);

function at(collection: string, object: PropertyMap): string {
  return `${collection}/${encodeURIComponent(metadataText(object, "name"))}`;
}

function writeQuery({ fieldManager, dryRun, force }: WriteOptions): Record<string, string> {
  return { fieldManager, ...(dryRun && { dryRun: "All" }), ...(force !== undefined && { force: String(force) }) };
}

function send(url: URL, options: RequestOptions, content?: string): Promise<{ status: number; answer: string }> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => reject(unreachable(error.message || error.code));
    const request = httpsRequest(url, options, (response) => {
      text(response).then((answer) => resolve({ status: response.statusCode ?? 0, answer }), fail);
    });
    request.on("error", fail).end(content);
  });
}

function refusal(answer: string): string | undefined {
  try {
    const { message } = JSON.parse(answer) as { message?: unknown };
    return typeof message === "string" ? message : undefined;
  } catch {
    return undefined;
  }
}
