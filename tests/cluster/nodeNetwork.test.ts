import * as provider from "../../cluster/nodeRegistrationProvider";
import type { NodeRegistrationState } from "../../cluster/nodeRegistrationState";
import { failure, nodeObject, type Answer, type FakeObject } from "./fakeApiServer";
import { claim, ofRegistration, RegistrationScene } from "./registrationScene";

// The first load of the client library is compiled by Jest.
jest.setTimeout(60_000);

const scene = new RegistrationScene();
const { inputs, state, registeredNode } = scene;
const annotation = "kubernetes-worker-nodes/pod-network";

/** What of another Node is to be otherwise. */
interface Other {
  ready?: "True" | "False";
  network?: string;
  podCIDRs?: string[];
  addresses?: string[];
  port?: number;
  deletionTimestamp?: string;
}

const addressed = (node: FakeObject, addresses: string[], port?: number): FakeObject => ({
  ...node,
  status: {
    ...node.status,
    addresses: addresses.map((address) => ({ type: "InternalIP", address })),
    ...(port !== undefined && { daemonEndpoints: { kubeletEndpoint: { Port: port } } }),
  },
});

/** A Node of the cluster besides "a": the number is part of its addresses. */
function other(name: string, number: number, changes: Other = {}): void {
  const { ready = "True", network = "bridge", podCIDRs = [`10.2.${number}.0/24`], deletionTimestamp } = changes;
  const node = nodeObject(name, ready);
  const annotations: Record<string, string> = network === "" ? {} : { [annotation]: network };
  const metadata = { ...node.metadata, annotations, deletionTimestamp };
  const { addresses = [`10.0.0.${number}`], port } = changes;
  scene.server.putNode(addressed({ ...node, metadata, spec: { podCIDRs } }, addresses, port));
}

/** What a registration of Node "a" records of the network. */
async function registered(changes = {}): Promise<NodeRegistrationState["network"]> {
  scene.server.putNode(addressed(registeredNode(), ["10.0.0.1"], 10250));
  return (await provider.create(inputs({ podNetwork: "bridge", ...changes }))).outs?.network;
}

describe("the other nodes that a verification tries", () => {
  test("are Ready, of the same network, with the addresses of their kubelet and of their bridge", async () => {
    other("b", 2, { port: 10350 });
    other("not-ready", 3, { ready: "False" });
    other("of-another-system", 4, { network: "" });
    other("of-another-network", 5, { network: "flannel" });
    other("without-range", 6, { podCIDRs: [] });
    other("without-address", 7, { addresses: [] });
    other("going", 8, { deletionTimestamp: "2026-01-02T03:04:05Z" });
    expect(await registered()).toEqual({
      kubelet: "10.0.0.1:10250",
      peers: ["b=10.0.0.2:10350=10.2.2.1"],
      fromApiServer: "API server -> kubelet 10.0.0.1:10250: ok",
    });
  });

  test("are at most three, those that come next by name, so that all are tried by some", async () => {
    ["0", "1", "b", "c", "d"].forEach((name, index) => other(name, index + 2));
    const names = async (): Promise<string[] | undefined> =>
      (await registered())?.peers.map((peer) => peer.replace(/=.*/, ""));
    expect(await names()).toEqual(["b", "c", "d"]);
    scene.server.nodes.delete("c");
    scene.server.nodes.delete("d");
    expect(await names()).toEqual(["b", "0", "1"]);
  });

  test("have addresses of the family that their pods have first", async () => {
    other("b", 2, { podCIDRs: ["fd00:2:0:1::/64", "10.2.1.0/24"], addresses: ["10.0.0.2", "fd00::2"] });
    expect((await registered())?.peers).toEqual(["b=[fd00::2]:10250=fd00:2:0:1::1"]);
  });

  test.each([[undefined], ["none"]])(
    "are none where another system brings the network (%s), and no Nodes are listed",
    async (podNetwork) => {
      other("b", 2);
      expect((await registered({ podNetwork }))?.peers).toEqual([]);
      expect(scene.server.pathsOf("GET")).not.toContain("/api/v1/nodes");
    },
  );

  test("are known by what each registration writes on its Node", async () => {
    await registered();
    expect(scene.server.nodes.get("a")?.metadata.annotations).toEqual({
      ...ofRegistration(claim.id),
      [annotation]: "bridge",
    });
  });
});

describe("nodes that come later", () => {
  const network = { kubelet: "10.0.0.1:10250", peers: [], fromApiServer: "API server -> kubelet 10.0.0.1:10250: ok" };
  const recorded = (): NodeRegistrationState => state({ podNetwork: "bridge", network });
  beforeEach(() => {
    registeredNode();
    other("b", 2);
  });

  test("change nothing of one that a refresh reads, or whose labels change", async () => {
    expect((await provider.read("a", recorded())).props).toMatchObject({ network });
    const news = inputs({ podNetwork: "bridge", labels: { pool: "y" } });
    expect((await provider.update("a", recorded(), news)).outs).toMatchObject({ network });
    expect(scene.server.pathsOf("GET").filter((path) => /nodes$|proxy/.test(path))).toEqual([]);
  });

  test.each([
    ["kubelet", { revision: "2" }],
    ["kube-proxy", { proxyRevision: "2" }],
    ["pods' network", { podNetwork: "bridge" }],
  ])("are found by one whose %s changes", async (what, changes) => {
    const olds = what === "pods' network" ? state({ network }) : recorded();
    const { outs } = await provider.update("a", olds, inputs({ podNetwork: "bridge", ...changes }));
    expect(outs?.network?.peers).toEqual(["b=10.0.0.2:10250=10.2.2.1"]);
  });
});

describe("the API server's way to the kubelet", () => {
  /** In place of 503, for which it would be tried for half a minute. */
  const temporary = 400;
  const answers = (answer: Answer): void => {
    scene.server.intercept = ({ path }) => (path.endsWith("/proxy/healthz") ? answer : undefined);
  };
  const failed = async (): Promise<string> =>
    registered().then(
      () => "registered",
      (error: Error & { reasons?: string[] }) => error.reasons?.join() ?? error.message,
    );

  test("that is broken fails the registration, after the Node has its labels, and is tried again by the next one", async () => {
    answers(failure(403, "Forbidden (user=admin, verb=get, resource=nodes, subresource(s)=[healthz proxy])"));
    registeredNode({ labels: {} });
    const error = await provider.create(inputs()).catch((thrown: { properties: NodeRegistrationState }) => thrown);
    const { properties } = error as { properties: NodeRegistrationState };
    expect(properties.nodeUid).toBe("");
    expect(scene.server.nodes.get("a")?.metadata.labels).toMatchObject({ pool: "x" });
    await expect(provider.update("a", properties, inputs())).rejects.toThrow("does not reach the kubelet of Node a");
    scene.server.intercept = () => undefined;
    const { outs } = await provider.update("a", properties, inputs());
    expect(outs?.network?.fromApiServer).toMatch(/: ok$/);
  });

  test.each([
    [
      "whom the kubelet does not let in",
      failure(403, "Forbidden (user=admin, verb=get, resource=nodes, subresource(s)=[healthz proxy])"),
      /the kubelet refuses the API server's certificate: has kube-apiserver --kubelet-client-certificate/,
    ],
    [
      "that cannot check the kubelet's certificate",
      failure(
        temporary,
        "error trying to reach service: tls: failed to verify certificate: x509: certificate signed by unknown authority",
      ),
      /usually a serving certificate that kube-apiserver --kubelet-certificate-authority does not know/,
    ],
  ])("of an API server %s is told with what that means", async (_who, answer, expected) => {
    answers(answer);
    expect(await failed()).toMatch(expected);
  });

  test("to a kubelet whose serving certificate waits is told with what approves it", async () => {
    answers(failure(temporary, "error trying to reach service: remote error: tls: internal error"));
    // As much of a request as is looked at: the common name with its length before it.
    const der = Buffer.from("\x0dsystem:node:a").toString("base64");
    const request = Buffer.from(`-----BEGIN CERTIFICATE REQUEST-----\n${der}\n-----END CERTIFICATE REQUEST-----`);
    const spec = { request: request.toString("base64"), username: "system:node:a" };
    scene.server.csrs = [
      { metadata: { name: "csr-done" }, spec, status: { certificate: "x" } },
      { metadata: { name: "csr-open" }, spec, status: {} },
    ];
    expect(await failed()).toMatch(/not approved \(serverTLSBootstrap\): kubectl certificate approve csr-open$/);
  });

  test("to a kubelet out of reach is told with its address", async () => {
    answers(failure(temporary, "error trying to reach service: dial tcp 10.0.0.1:10250: i/o timeout"));
    expect(await failed()).toMatch(
      /^API server -> kubelet 10\.0\.0\.1:10250: the API server does not reach the kubelet of Node a, .*i\/o timeout; usually a firewall between the API server and 10\.0\.0\.1:10250, or an address that it has no route to: see --kubelet-preferred-address-types/,
    );
  });

  test.each([
    [
      failure(403, 'nodes "a" is forbidden: User "limited" cannot get resource "nodes/proxy"'),
      "the kubeconfig's user may not get nodes/proxy",
    ],
    [failure(404, "the server could not find the requested resource"), "the API server has no nodes/proxy"],
  ])("that may not be tried fails nothing", async (answer, words) => {
    answers(answer);
    expect((await registered())?.fromApiServer).toBe(`API server -> kubelet 10.0.0.1:10250: not tried, ${words}`);
  });
});
