import type {
  CertificatesV1Api,
  CoordinationV1Api,
  CoreV1Api,
  DiscoveryV1Api,
  KubeConfig,
  Middleware,
  RequestContext,
  V1CertificateSigningRequest,
  V1EndpointSlice,
  V1Node,
  V1Pod,
  V1Secret,
  V1Service,
} from "@kubernetes/client-node";
import { unseal } from "../base/sealed";
import { sha256 } from "../base/sha256";
import { ApiCallError, callApi, hasStatus } from "./apiCall";
import { nodeWatchOf, type NodeChanges, type NodeWatch } from "./nodeWatch";
import { sharedCall } from "./sharedCall";
import { defaultTiming, type Timing } from "./timing";

/** The calls to a cluster, each with a deadline, retries and a readable error (`ApiCallError`). */
export interface ClusterClient {
  readonly timing: Timing;
  getNode(name: string): Promise<V1Node | undefined>;
  listNodes(): Promise<V1Node[]>;
  /** Tells when a Node changes, by one watch for all of them. */
  listenToNode(name: string): NodeChanges;
  /** Applies a JSON merge patch (RFC 7386). @throws ApiCallError with status 409 where a given resourceVersion is old. */
  patchNode(name: string, patch: object): Promise<V1Node>;
  /** Also succeeds where there is no such Node. @throws ApiCallError with status 409 where the Node has another uid. */
  deleteNode(name: string, uid: string): Promise<void>;
  listPodsOfNode(name: string): Promise<V1Pod[]>;
  /** policy/v1 Eviction. @throws ApiCallError with status 429 where a PodDisruptionBudget forbids it. */
  evictPod(namespace: string, name: string): Promise<void>;
  /** The kubelet's heartbeat: renewTime of its Lease, RFC 3339; undefined where there is none or it may not be read. */
  getLeaseRenewTime(nodeName: string): Promise<string | undefined>;
  /** The requests of kubelets for certificates, by default for those of clients. */
  listKubeletCsrs(signer?: KubeletSigner): Promise<V1CertificateSigningRequest[]>;
  /** Has the API server ask the kubelet of a Node whether it is well, as it does for logs and exec. */
  askKubelet(nodeName: string): Promise<void>;
  /** The Secrets of bootstrap tokens, whoever made them. */
  listBootstrapTokens(): Promise<V1Secret[]>;
  /** The API's own Service; undefined where there is none or it may not be read. */
  getKubernetesService(): Promise<V1Service | undefined>;
  /** Its endpoints. */
  listKubernetesEndpoints(): Promise<V1EndpointSlice[]>;
}

/** Who signs a kubelet's certificate: that of a client of the API, or that of its own server. */
export type KubeletSigner = "kube-apiserver-client-kubelet" | "kubelet-serving";

interface Apis {
  readonly server: string;
  readonly core: CoreV1Api;
  readonly coordination: CoordinationV1Api;
  readonly certificates: CertificatesV1Api;
  readonly nodeWatch: NodeWatch;
  readonly discovery: DiscoveryV1Api;
}

/** Open clients of this process: all nodes of a cluster share one, and so its connections. */
const openClients = new Map<string, Promise<ClusterClient>>();

/**
 * The client of the cluster that a kubeconfig's current context names.
 *
 * @param recorded text of the kubeconfig, or what stands for it in a state; never repeated in an error.
 * @example const node = await (await openCluster(kubeconfig)).getNode("node-a");
 */
export async function openCluster(recorded: string, timing: Timing = defaultTiming): Promise<ClusterClient> {
  const kubeconfig = unseal(recorded);
  const key = sha256(JSON.stringify([kubeconfig, timing]));
  const open = openClients.get(key) ?? loadApis(kubeconfig, timing).then((apis) => clusterClient(apis, timing));
  openClients.set(key, open);
  return open;
}

async function loadApis(kubeconfig: string, timing: Timing): Promise<Apis> {
  // Loaded here and not on top: it takes most of a second, which a run without any change should not pay.
  const client = await import("@kubernetes/client-node");
  const config = new client.KubeConfig();
  const server = loadKubeconfig(config, kubeconfig);
  const configuration = client.createConfiguration({
    baseServer: new client.ServerConfiguration(server, {}),
    authMethods: { default: config },
    promiseMiddleware: [connectionMiddleware(timing)],
  });
  const core = new client.CoreV1Api(configuration);
  return {
    server: new URL(server).origin,
    core,
    coordination: new client.CoordinationV1Api(configuration),
    certificates: new client.CertificatesV1Api(configuration),
    nodeWatch: nodeWatchOf(config, async () => (await core.listNode({ limit: 1 })).metadata?.resourceVersion),
    discovery: new client.DiscoveryV1Api(configuration),
  };
}

/** The address of the current context's cluster. The parser's own errors quote lines of the kubeconfig: they are dropped. */
function loadKubeconfig(config: KubeConfig, kubeconfig: string): string {
  let server: string | undefined;
  try {
    config.loadFromString(kubeconfig);
    server = config.getCurrentCluster()?.server;
  } catch {
    server = undefined;
  }
  if (server === undefined || !URL.canParse(server)) {
    throw new Error(
      "NodeRegistration.kubeconfig: [secret] is not a usable kubeconfig; it has to be the text (not the path) of a " +
        "kubeconfig whose current-context names a cluster with a server address: try `kubectl config view --raw --minify --flatten`",
    );
  }
  return server;
}

/**
 * Gives each request its deadline and all of them the first one's dispatcher: the library makes a new connection pool,
 * and so a new TLS handshake, for every request.
 */
function connectionMiddleware(timing: Timing): Middleware {
  let dispatcher: ReturnType<RequestContext["getDispatcher"]>;
  return {
    pre: (request) => {
      dispatcher ??= request.getDispatcher();
      if (dispatcher) request.setDispatcher(dispatcher);
      request.setSignal(AbortSignal.timeout(timing.requestMs));
      request.setHeaderParam("User-Agent", "kubernetes-worker-nodes");
      if (request.getHttpMethod().toString() === "PATCH") {
        request.setHeaderParam("Content-Type", "application/merge-patch+json");
      }
      return Promise.resolve(request);
    },
    post: (response) => Promise.resolve(response),
  };
}

function clusterClient(apis: Apis, timing: Timing): ClusterClient {
  const { server, core, coordination, certificates, discovery, nodeWatch } = apis;
  const call = <T>(what: string, request: () => Promise<T>, isFinal?: (status: number) => boolean): Promise<T> =>
    callApi(what, server, timing, request, isFinal);
  return {
    timing,
    getNode: (name) => unlessMissing(call(`read Node ${name}`, () => core.readNode({ name }))),
    // Each host that is claimed asks for all Nodes: the answers grow with the hosts too.
    listNodes: sharedCall(async () => (await call("list the Nodes", () => core.listNode())).items),
    listenToNode: (name) => nodeWatch.listen(name),
    patchNode: (name, body) =>
      call(`change Node ${name}`, () => core.patchNode({ name, body, fieldManager: "kubernetes-worker-nodes" })),
    deleteNode: async (name, uid) => {
      await unlessMissing(
        call(`delete Node ${name}`, () => core.deleteNode({ name, body: { preconditions: { uid } } })),
      );
    },
    listPodsOfNode: async (name) => {
      const fieldSelector = `spec.nodeName=${name}`;
      return (await call(`list the pods of Node ${name}`, () => core.listPodForAllNamespaces({ fieldSelector }))).items;
    },
    evictPod: async (namespace, name) => {
      const body = { apiVersion: "policy/v1", kind: "Eviction", metadata: { namespace, name } };
      const evict = () => core.createNamespacedPodEviction({ namespace, name, body });
      // 429 is the budget's answer and 500 that of two budgets over one pod: both are for the drain to judge.
      await unlessMissing(call(`evict pod ${namespace}/${name}`, evict, (status) => status === 429 || status === 500));
    },
    getLeaseRenewTime: async (name) => {
      const read = () => coordination.readNamespacedLease({ namespace: "kube-node-lease", name });
      const lease = await unlessMissing(call(`read Lease kube-node-lease/${name}`, read), 403);
      const renewTime = lease?.spec?.renewTime;
      // Declared as a Date, but the library may hand over the text.
      return renewTime && new Date(renewTime).toISOString();
    },
    listKubeletCsrs: async (signer = "kube-apiserver-client-kubelet") => {
      const fieldSelector = `spec.signerName=kubernetes.io/${signer}`;
      const list = () => certificates.listCertificateSigningRequest({ fieldSelector });
      return (await call("list the kubelets' certificate requests", list)).items;
    },
    askKubelet: async (name) => {
      const ask = () => core.connectGetNodeProxyWithPath({ name, path: "healthz" });
      await call(`reach the kubelet of Node ${name}`, ask);
    },
    listBootstrapTokens: async () => {
      const query = { namespace: "kube-system", fieldSelector: "type=bootstrap.kubernetes.io/token" };
      return (await call("list the bootstrap tokens", () => core.listNamespacedSecret(query))).items;
    },
    getKubernetesService: () => {
      const read = () => core.readNamespacedService({ namespace: "default", name: "kubernetes" });
      return unlessMissing(call("read Service default/kubernetes", read), 403);
    },
    listKubernetesEndpoints: async () => {
      const query = { namespace: "default", labelSelector: "kubernetes.io/service-name=kubernetes" };
      const list = () => discovery.listNamespacedEndpointSlice(query);
      return (await call("list the endpoints of Service default/kubernetes", list)).items;
    },
  };
}

/** undefined in place of a 404 (or of the other statuses given). */
async function unlessMissing<T>(answer: Promise<T>, ...alsoMissing: number[]): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiCallError && hasStatus(error, 404, ...alsoMissing)) return undefined;
    throw error;
  }
}
