import { createServer, type Server } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import type { KeyPair } from "../../lab/controlPlane/pki";
import { nodeObject, type ApiObject } from "./nodeObject";

/** What is remembered of calls of one kind. */
export interface CallCount {
  calls: number;
  answeredBytes: number;
}

interface Reply {
  status: number;
  body: object;
}

const nodesPath = "/api/v1/nodes";
/** How long a kubelet takes until its Node is Ready, in milliseconds. */
const readyAfterMs = 500;

/**
 * The API of a cluster whose kubelets are simulated: it keeps objects by their paths, and a Node for each kubelet that runs, which
 * becomes Ready. It lets everybody in, schedules nothing and checks nothing but resourceVersion and uid.
 */
export class SimulatedApi {
  /** Verb and resource -> calls. @example "list nodes" */
  readonly counts = new Map<string, CallCount>();
  private readonly objects = new Map<string, ApiObject>();
  private readonly watches = new Set<ServerResponse>();
  private version = 1;

  private constructor(private readonly server: Server) {}

  static async start({ certificate: cert, privateKey: key }: KeyPair): Promise<SimulatedApi> {
    const server = createServer({ cert, key });
    const api = new SimulatedApi(server);
    server.on("request", (request, response) => void api.serve(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return api;
  }

  get endpoint(): string {
    return `https://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  /** How many Nodes there are. */
  get nodes(): number {
    return [...this.objects.keys()].filter((at) => at.startsWith(`${nodesPath}/`)).length;
  }

  /** A kubelet registers when it starts, where it has no Node yet, and keeps its Node Ready. */
  kubeletStarts(name: string, machineId: string, index: number): void {
    const at = `${nodesPath}/${name}`;
    if (!this.objects.has(at)) this.store(at, nodeObject(name, machineId, index, "False"), "ADDED");
    setTimeout(() => {
      const { metadata } = this.objects.get(at) ?? {};
      if (metadata !== undefined)
        this.store(at, { ...nodeObject(name, machineId, index, "True"), metadata }, "MODIFIED");
    }, readyAfterMs).unref();
  }

  private store(at: string, object: ApiObject, type: "ADDED" | "MODIFIED"): ApiObject {
    const version = String(++this.version);
    const stored = { ...object, metadata: { uid: `uid-${version}`, ...object.metadata, resourceVersion: version } };
    this.objects.set(at, stored);
    if (at.startsWith(`${nodesPath}/`)) this.tell(type, stored);
    return stored;
  }

  private tell(type: string, object: ApiObject): void {
    const line = `${JSON.stringify({ type, object })}\n`;
    for (const response of this.watches) this.send("watch nodes", response, line);
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "/", this.endpoint);
    const { method = "GET" } = request;
    if (searchParams.get("watch") === "true") return this.watch(response, searchParams.has("resourceVersion"));
    const body = method === "GET" ? undefined : ((await json(request).catch(() => undefined)) as ApiObject | undefined);
    const limit = Number(searchParams.get("limit") ?? Infinity);
    const reply = this.reply(method, pathname, body, limit);
    const kind = kindOf(method, pathname);
    this.countOf(kind).calls++;
    response.writeHead(reply.status, { "content-type": "application/json" });
    this.send(kind, response, JSON.stringify(reply.body));
    response.end();
  }

  /** Without a version to begin at, all Nodes are told first. */
  private watch(response: ServerResponse, fromVersion: boolean): void {
    this.countOf("watch nodes").calls++;
    response.writeHead(200, { "content-type": "application/json" });
    response.flushHeaders();
    this.watches.add(response);
    response.on("close", () => this.watches.delete(response));
    for (const object of fromVersion ? [] : this.below(nodesPath))
      this.send("watch nodes", response, `${JSON.stringify({ type: "ADDED", object })}\n`);
  }

  private send(kind: string, response: ServerResponse, text: string): void {
    this.countOf(kind).answeredBytes += text.length;
    response.write(text);
  }

  private countOf(kind: string): CallCount {
    const count = this.counts.get(kind) ?? { calls: 0, answeredBytes: 0 };
    this.counts.set(kind, count);
    return count;
  }

  private below(collection: string): ApiObject[] {
    return [...this.objects].flatMap(([at, object]) => (at.startsWith(`${collection}/`) ? [object] : []));
  }

  private list(collection: string, limit: number): object {
    const metadata = { resourceVersion: String(this.version) };
    return { metadata, items: this.below(collection).slice(0, limit) };
  }

  private reply(method: string, at: string, body: ApiObject | undefined, limit: number): Reply {
    if (at === "/version") return { status: 200, body: { gitVersion: "v1.37.2" } };
    if (/\/nodes\/[^/]+\/proxy\/healthz$/.test(at)) return { status: 200, body: {} };
    if (/\/kube-node-lease\/leases\//.test(at))
      return { status: 200, body: { spec: { renewTime: new Date().toISOString() } } };
    if (method === "GET" && isCollection(at)) return { status: 200, body: this.list(at, limit) };
    if (method === "POST")
      return {
        status: 201,
        body: this.store(`${at}/${body?.metadata.name}`, body ?? { metadata: { name: "" } }, "ADDED"),
      };
    const found = this.objects.get(at);
    const isApply = method === "PATCH" && found === undefined && !at.startsWith(nodesPath);
    if (found === undefined && !isApply) return status(404, `${at} not found`);
    if (method === "GET") return { status: 200, body: found ?? {} };
    if (method === "DELETE") return this.delete(at, body);
    const expected = body?.metadata.resourceVersion;
    if (expected !== undefined && expected !== found?.metadata.resourceVersion)
      return status(409, "the object has been modified");
    return { status: 200, body: this.store(at, merge(found ?? {}, body) as ApiObject, "MODIFIED") };
  }

  private delete(at: string, body: ApiObject | undefined): Reply {
    const uid = body?.preconditions?.uid;
    const found = this.objects.get(at);
    if (uid !== undefined && uid !== found?.metadata.uid)
      return status(409, "Precondition failed: UID in precondition");
    this.objects.delete(at);
    if (found !== undefined && at.startsWith(nodesPath)) this.tell("DELETED", found);
    return { status: 200, body: found ?? {} };
  }
}

function isCollection(at: string): boolean {
  return /\/(nodes|pods|secrets|clusterrolebindings|certificatesigningrequests)$/.test(at);
}

/** @example kindOf("GET", "/api/v1/nodes/node-1") // "get nodes" */
function kindOf(method: string, at: string): string {
  const verbs: Record<string, string> = { POST: "create", PATCH: "patch", DELETE: "delete" };
  const [, resource = at] =
    /\/(nodes|pods|secrets|leases|clusterrolebindings|certificatesigningrequests)(\/|$)/.exec(at) ?? [];
  return `${verbs[method] ?? (isCollection(at) ? "list" : "get")} ${resource}`;
}

function status(code: number, message: string): Reply {
  return { status: code, body: { kind: "Status", apiVersion: "v1", status: "Failure", code, message } };
}

/** RFC 7386. */
function merge(target: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const merged = new Map(Object.entries((target as object | undefined) ?? {}));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, merge(merged.get(key), value));
  }
  return Object.fromEntries(merged);
}
