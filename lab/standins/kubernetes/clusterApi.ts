import { request as httpsRequest, type RequestOptions } from "node:https";
import { text } from "node:stream/consumers";
import { messageOf } from "../../../base/errorMessage";
import type { PropertyMap } from "../protocol/values";
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
export const statusOf = (error: unknown): number | undefined => (error instanceof ApiError ? error.status : undefined);

const unreachable = (reason = "") => new Error(`configured Kubernetes cluster is unreachable: ${reason}`);

/** How an object is written: `dryRun` asks the server to compute the result only. */
export interface WriteOptions {
  fieldManager: string;
  dryRun: boolean;
  force?: boolean;
}

const queryOf = ({ fieldManager, dryRun, force }: WriteOptions): Record<string, string> => ({
  fieldManager,
  ...(dryRun && { dryRun: "All" }),
  ...(force !== undefined && { force: String(force) }),
});

const at = (collection: string, object: PropertyMap): string =>
  `${collection}/${encodeURIComponent(metadataText(object, "name"))}`;

interface Content {
  body: object;
  contentType?: string;
  query?: Record<string, string>;
}

/** The objects of one cluster. Every method throws the server's refusal as an {@link ApiError}. */
export class ClusterApi {
  private reachable?: Promise<boolean>;

  constructor(readonly settings: ProviderSettings) {}

  /** Whether the server answers; asked once, and without a kubeconfig not at all. */
  isReachable(): Promise<boolean> {
    this.reachable ??= this.call("GET", "/version", undefined, probeTimeoutMs).then(
      () => true,
      (error: unknown) => statusOf(error) !== undefined,
    );
    return this.reachable;
  }

  create(collection: string, object: PropertyMap, options: WriteOptions): Promise<PropertyMap> {
    return this.call("POST", collection, { body: object, query: queryOf(options) });
  }

  /** Server-side apply. */
  apply(collection: string, object: PropertyMap, options: WriteOptions): Promise<PropertyMap> {
    const contentType = "application/apply-patch+yaml";
    return this.call("PATCH", at(collection, object), { body: object, contentType, query: queryOf(options) });
  }

  merge(collection: string, object: PropertyMap): Promise<PropertyMap> {
    const contentType = "application/merge-patch+json";
    return this.call("PATCH", at(collection, object), { body: object, contentType });
  }

  read(collection: string, object: PropertyMap): Promise<PropertyMap> {
    return this.call("GET", at(collection, object));
  }

  delete(collection: string, object: PropertyMap): Promise<PropertyMap> {
    const body = { apiVersion: "v1", kind: "DeleteOptions", propagationPolicy: "Foreground" };
    return this.call("DELETE", at(collection, object), { body });
  }

  private async call(method: string, path: string, content?: Content, timeout = requestTimeoutMs) {
    const { kubeConfig, problem } = this.settings;
    const server = kubeConfig?.getCurrentCluster()?.server;
    if (kubeConfig === undefined || server === undefined) throw unreachable(problem);
    const { body, contentType = "application/json", query } = content ?? {};
    const sent = body && JSON.stringify(body);
    // The length is for DELETE, whose body Node.js would send without one.
    const headers =
      sent === undefined ? {} : { "Content-Type": contentType, "Content-Length": Buffer.byteLength(sent) };
    const options: RequestOptions = { method, headers, signal: AbortSignal.timeout(timeout) };
    await kubeConfig.applyToHTTPSOptions(options);
    const url = new URL(`${server.replace(/\/$/, "")}${path}?${new URLSearchParams(query).toString()}`);
    const { status, answer } = await send(url, options, sent);
    if (status >= 200 && status <= 299) return JSON.parse(answer) as PropertyMap;
    throw new ApiError(refusal(answer) ?? `the API server answered HTTP ${status}`, status);
  }
}

function send(url: URL, options: RequestOptions, content?: string): Promise<{ status: number; answer: string }> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => reject(unreachable(messageOf(error) || error.code));
    const request = httpsRequest(url, options, (response) => {
      text(response).then((answer) => resolve({ status: response.statusCode ?? 0, answer }), fail);
    });
    request.on("error", fail).end(content);
  });
}

/** The message of a Status object; undefined where the answer is none. */
function refusal(answer: string): string | undefined {
  try {
    return (JSON.parse(answer) as { message?: string }).message;
  } catch {
    return undefined;
  }
}
