import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTcpServer, type AddressInfo } from "node:net";

/** The parts of Kubernetes objects that these tests look at. */
export interface FakeObject {
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    resourceVersion?: string;
    creationTimestamp?: string;
    deletionTimestamp?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: object[];
  };
  spec?: Record<string, unknown>;
  /** Of a Secret: base64. */
  data?: Record<string, string>;
  status?: Record<string, unknown>;
}

export interface Answer {
  status: number;
  body?: object | string;
}

interface Call {
  method: string;
  path: string;
  body: string;
  contentType?: string;
  /** Remote port: tells connections apart. */
  port?: number;
}

/**
 * An API server in this process that knows Nodes, pods, evictions, Leases, CertificateSigningRequests and bootstrap tokens as far
 * as node registration uses them: for the answers that a real one gives rarely. It checks no credentials.
 */
export class FakeApiServer {
  readonly nodes = new Map<string, FakeObject>();
  readonly pods = new Map<string, FakeObject>();
  readonly leases = new Map<string, FakeObject>();
  csrs: FakeObject[] = [];
  bootstrapTokens: FakeObject[] = [];
  /** The Service `kubernetes`, where there is one, and its EndpointSlices. */
  kubernetesService: object | undefined;
  kubernetesEndpoints: object[] = [];
  readonly calls: Call[] = [];
  /** Called before a request is served; an answer, or "hang up", takes the place of the usual one. */
  intercept: (call: Call) => Answer | "hang up" | "say nothing" | undefined = () => undefined;
  /** Whether Nodes may be watched. What streams does not come through under Jest: only for clients that are processes of their own. */
  allowsWatch = false;
  /** Connections that watch the Nodes; calls do not count them. */
  readonly watches = new Set<ServerResponse>();
  private version = 100;
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => void this.serve(request, response));
  }

  static async start(): Promise<FakeApiServer> {
    const fake = new FakeApiServer();
    await new Promise<void>((resolve) => fake.server.listen(0, "127.0.0.1", resolve));
    return fake;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  get kubeconfig(): string {
    const { port } = this.server.address() as AddressInfo;
    return kubeconfigOf(`http://127.0.0.1:${port}`);
  }

  /** Adds a Node, or changes one so that its resourceVersion is a new one. */
  putNode(node: FakeObject): FakeObject {
    const name = node.metadata.name;
    const stored = {
      ...node,
      metadata: { uid: `uid-of-${name}`, ...node.metadata, resourceVersion: String(++this.version) },
    };
    this.nodes.set(name, stored);
    this.tell("MODIFIED", stored);
    return stored;
  }

  putPod(pod: FakeObject): void {
    this.pods.set(`${pod.metadata.namespace}/${pod.metadata.name}`, pod);
  }

  /** Paths of the calls made with a method, in order. */
  pathsOf(method: string): string[] {
    return this.calls.filter((call) => call.method === method).map((call) => call.path);
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const [path = "", query = ""] = (request.url ?? "").split("?");
    if (query.includes("watch=true")) return this.watch(response, query.includes("resourceVersion="));
    // The question before a watch, where it is to begin; calls do not count it.
    if (query.includes("limit=1")) {
      response.writeHead(200, { "content-type": "application/json" });
      return void response.end(JSON.stringify({ metadata: { resourceVersion: String(this.version) }, items: [] }));
    }
    const { method = "", socket, headers } = request;
    const call = { method, path, body, port: socket.remotePort, contentType: headers["content-type"] };
    this.calls.push(call);
    const answer = this.intercept(call) ?? this.answer(call);
    if (answer === "say nothing") return;
    if (answer === "hang up") {
      socket.destroy();
      return;
    }
    response.writeHead(answer.status, { "content-type": "application/json" });
    response.end(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body ?? {}));
  }

  private watch(response: ServerResponse, fromVersion: boolean): void {
    response.writeHead(this.allowsWatch ? 200 : 403, { "content-type": "application/json" });
    if (!this.allowsWatch) return void response.end();
    response.flushHeaders();
    this.watches.add(response);
    // As the API server does where no resourceVersion is given.
    for (const object of fromVersion ? [] : this.nodes.values())
      response.write(`${JSON.stringify({ type: "ADDED", object })}\n`);
    response.on("close", () => this.watches.delete(response));
  }

  private tell(type: string, object: FakeObject): void {
    for (const response of this.watches) response.write(`${JSON.stringify({ type, object })}\n`);
  }

  private answer({ method, path, body }: Call): Answer {
    const node = /^\/api\/v1\/nodes\/([^/]+)$/.exec(path)?.[1];
    if (node) return this.answerNode(method, node, body);
    // The kubelet's own answer, which the API server passes on; here it is JSON as all of them.
    if (/^\/api\/v1\/nodes\/[^/]+\/proxy\/healthz$/.test(path)) return { status: 200, body: '"ok"' };
    const eviction = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/eviction$/.exec(path);
    if (eviction) return this.pods.delete(`${eviction[1]}/${eviction[2]}`) ? { status: 201 } : notFound(path);
    if (path === "/api/v1/nodes") return { status: 200, body: { items: [...this.nodes.values()] } };
    if (path === "/api/v1/namespaces/kube-system/secrets")
      return { status: 200, body: { items: this.bootstrapTokens } };
    if (path === "/api/v1/pods") return { status: 200, body: { items: [...this.pods.values()] } };
    if (path === "/apis/certificates.k8s.io/v1/certificatesigningrequests")
      return { status: 200, body: { items: this.csrs } };
    if (path === "/api/v1/namespaces/default/services/kubernetes")
      return this.kubernetesService ? { status: 200, body: this.kubernetesService } : notFound(path);
    if (path === "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices")
      return { status: 200, body: { items: this.kubernetesEndpoints } };
    const lease = /^\/apis\/coordination.k8s.io\/v1\/namespaces\/kube-node-lease\/leases\/(.+)$/.exec(path)?.[1];
    const found = lease && this.leases.get(lease);
    return found ? { status: 200, body: found } : notFound(path);
  }

  private answerNode(method: string, name: string, body: string): Answer {
    const node = this.nodes.get(name);
    if (!node) return notFound(`nodes "${name}"`);
    if (method === "DELETE") {
      const { uid } = (JSON.parse(body || "{}") as { preconditions?: { uid?: string } }).preconditions ?? {};
      if (uid !== undefined && uid !== node.metadata.uid)
        return failure(409, "Precondition failed: UID in precondition");
      this.nodes.delete(name);
    }
    if (method !== "PATCH") return { status: 200, body: node };
    const patch = JSON.parse(body) as Partial<FakeObject>;
    const expected = patch.metadata?.resourceVersion;
    if (expected !== undefined && expected !== node.metadata.resourceVersion)
      return failure(409, "the object has been modified");
    return { status: 200, body: this.putNode(mergePatch(node, patch) as FakeObject) };
  }
}

/** A metav1.Status. */
export function failure(status: number, message: string, causes: { reason: string; message: string }[] = []): Answer {
  return {
    status,
    body: { kind: "Status", apiVersion: "v1", status: "Failure", code: status, message, details: { causes } },
  };
}

function notFound(what: string): Answer {
  return failure(404, `${what} not found`);
}

/** RFC 7386. */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const merged: Record<string, unknown> = { ...(target as Record<string, unknown> | undefined) };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = mergePatch(merged[key], value);
  }
  return merged;
}

/** A kubeconfig whose token is the text that no error may repeat. */
export function kubeconfigOf(server: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "c", cluster: { server, "insecure-skip-tls-verify": true } }],
    users: [{ name: "u", user: { token: "very-secret-token" } }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
  });
}

/** machine-id of the host whose kubelet keeps the Node of this name. */
export function machineIdOf(name: string): string {
  return `machine-of-${name}`;
}

/** A Node as its kubelet keeps it, on the machine `machineIdOf(name)`. */
export function nodeObject(
  name: string,
  ready: "True" | "False" | "Unknown" | undefined,
  version = "v1.37.2",
): FakeObject {
  const condition = { type: "Ready", status: ready, reason: `Reason${ready}`, message: `message of ${ready}` };
  return {
    metadata: { name, labels: { "kubernetes.io/hostname": name } },
    spec: { podCIDRs: ["10.2.1.0/24"] },
    status: {
      nodeInfo: { kubeletVersion: version, machineID: machineIdOf(name) },
      conditions: ready ? [condition] : [],
    },
  };
}

/** A running pod of a ReplicaSet on any node. */
export function podObject(name: string, changes: Partial<FakeObject["metadata"]> = {}, phase = "Running"): FakeObject {
  return { metadata: { name, namespace: "default", ...changes }, spec: {}, status: { phase } };
}

/** A port on which nothing listens (any more). */
export async function freePort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
