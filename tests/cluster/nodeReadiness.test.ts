import { openCluster } from "../../cluster/kubeClient";
import { waitForReady, type ReadinessGoal } from "../../cluster/nodeReadiness";
import { failure, FakeApiServer, machineIdOf, nodeObject, type FakeObject } from "./fakeApiServer";

// The first load of the client library is compiled by Jest.
jest.setTimeout(60_000);

const quick = { pollMs: 10, watchedPollMs: 60_000, requestMs: 1000, unreachableMs: 20_000, progressMs: 60_000 };

/** `openssl req -new` with CN=system:node:node-1, O=system:nodes and a P-256 key. */
const csrOfNode1 = `-----BEGIN CERTIFICATE REQUEST-----
MIHuMIGWAgEAMDQxFTATBgNVBAoMDHN5c3RlbTpub2RlczEbMBkGA1UEAwwSc3lz
dGVtOm5vZGU6bm9kZS0xMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEy8bfAVg
iyjsBkndKqIpGMK0Nk86vnyh/H6mhA8su6B68YCyHXJu3Eg+XEn7468GQwilShPP
smSUJIMrwp/S+qAAMAoGCCqGSM49BAMCA0cAMEQCIGtes9os/Uus3IQiNc9UbJJJ
+fNiz8n52/wJd4sy/6ksAiAVl3psK+LpyzLH2lZSGn4Kd9mBurHsRODUs+CocrCW
HA==
-----END CERTIFICATE REQUEST-----
`;

function csr(name: string, status: object, age = 0): FakeObject {
  const request = Buffer.from(csrOfNode1).toString("base64");
  const creationTimestamp = new Date(Date.now() - age * 1000).toISOString();
  return {
    metadata: { name, creationTimestamp },
    spec: { request, username: "system:bootstrap:07401b" },
    status: { ...status },
  };
}

/** The Secret of a bootstrap token, whose fields are given as text. */
function token(id: string, fields: Record<string, string> = {}): FakeObject {
  const all = { "token-id": id, "usage-bootstrap-authentication": "true", ...fields };
  const data = Object.entries(all).map(([key, value]) => [key, Buffer.from(value).toString("base64")]);
  return { metadata: { name: `bootstrap-token-${id}` }, data: Object.fromEntries(data) as Record<string, string> };
}

const claim = { id: "claim-1", machineId: machineIdOf("node-1"), owner: "org/project/stack" };

describe("waitForReady", () => {
  let server: FakeApiServer;
  beforeEach(async () => {
    server = await FakeApiServer.start();
  });
  afterEach(() => server.stop());

  async function wait(goal: Partial<ReadinessGoal> = {}, timing = quick) {
    const cluster = await openCluster(server.kubeconfig, timing);
    return waitForReady(cluster, {
      nodeName: "node-1",
      kubeletVersion: "v1.37.2",
      timeoutSeconds: 0.2,
      newHeartbeat: false,
      ...goal,
    });
  }

  test("follows a Node from missing over NotReady and an old kubelet to Ready", async () => {
    const steps = [
      () => server.putNode(nodeObject("node-1", undefined)),
      () => server.putNode(nodeObject("node-1", "False")),
      () => server.putNode(nodeObject("node-1", "True", "v1.36.0")),
      () => server.putNode(nodeObject("node-1", "True")),
    ];
    server.intercept = ({ path }) => {
      if (path.startsWith("/api/v1/nodes/") && server.calls.length > 1) steps.shift()?.();
      return undefined;
    };
    const node = await wait({ timeoutSeconds: 10 });
    expect(node.spec?.podCIDRs).toEqual(["10.2.1.0/24"]);
    expect(server.calls).toHaveLength(5);
  });

  test("bridges an API server that fails for a while", async () => {
    server.putNode(nodeObject("node-1", "True"));
    let failures = 2;
    server.intercept = () => (failures-- > 0 ? failure(500, "etcd leader changed") : undefined);
    expect((await wait({ timeoutSeconds: 5 })).metadata?.name).toBe("node-1");
  });

  const cases: [string, (server: FakeApiServer) => void, RegExp][] = [
    [
      "a status never reported",
      (s) => s.putNode(nodeObject("node-1", undefined)),
      /its kubelet has not reported a status yet/,
    ],
    [
      "the reason of NotReady",
      (s) => s.putNode(nodeObject("node-1", "False")),
      /Ready condition is False \(ReasonFalse\): message of False/,
    ],
    [
      "another kubelet version",
      (s) => s.putNode(nodeObject("node-1", "True", "v1.36.0")),
      /kubelet v1\.36\.0, v1\.37\.2 is expected/,
    ],
    [
      "that nothing asked for a certificate",
      () => undefined,
      /no Node object[^]*no certificate request[^]*No bootstrap token is there[^]*systemctl restart kubelet/,
    ],
    [
      "that a request is from before the wait, and that the token is gone",
      (s) => (s.csrs = [csr("csr-9", { certificate: "x" }, 70)]),
      /An old certificate request[^]*csr-9 \(by system:bootstrap:07401b\) was issued\n.*no new certificate request[^]*No bootstrap token is there/,
    ],
    [
      "a request of a moment before the wait",
      (s) => (s.csrs = [csr("csr-8", {}, 30)]),
      /Its certificate request csr-8 /,
    ],
    [
      "that each token has ended or is for something else",
      (s) =>
        (s.bootstrapTokens = [
          token("aaaaaa", { expiration: "2020-01-01T00:00:00Z" }),
          token("bbbbbb", { expiration: "not a time" }),
          token("cccccc", { "usage-bootstrap-authentication": "false" }),
        ]),
      /No bootstrap token is valid: bootstrap-token-aaaaaa expired at 2020-01-01T00:00:00Z, bootstrap-token-bbbbbb expired at not a time, bootstrap-token-cccccc may not be used to authenticate; give the stack a new one/,
    ],
    [
      "which tokens are valid",
      (s) => (s.bootstrapTokens = [token("aaaaaa"), token("bbbbbb", { expiration: "2999-01-01T00:00:00Z" })]),
      /tokens that are valid: bootstrap-token-aaaaaa, bootstrap-token-bbbbbb; the kubelet's has to be one of them/,
    ],
    [
      "that tokens may not be listed",
      (s) => (s.intercept = ({ path }) => (path.endsWith("/secrets") ? failure(403, "no secrets for you") : undefined)),
      /Whether a bootstrap token is valid is not known: .*403 no secrets for you/,
    ],
    [
      "a pending request",
      (s) => (s.csrs = [csr("csr-1", {})]),
      /request csr-1 \(by system:bootstrap:07401b\) is pending: are the ClusterRoleBindings/,
    ],
    [
      "a denied request",
      (s) => (s.csrs = [csr("csr-2", { conditions: [{ type: "Denied", status: "True", message: "not today" }] })]),
      /csr-2 \(by system:bootstrap:07401b\) was denied: not today/,
    ],
    [
      "an approved request that nobody signs",
      (s) => (s.csrs = [csr("csr-3", { conditions: [{ type: "Approved", status: "True" }] })]),
      /csr-3 .* is approved but not signed/,
    ],
  ];
  test.each(cases)("says in time %s", async (_what, arrange, message) => {
    arrange(server);
    const error = await wait().then(
      () => undefined,
      (reason: Error) => reason,
    );
    expect(error?.message).toMatch(/^Node node-1 is not Ready after 0\.2 s \(readyTimeoutSeconds\): /);
    expect(error?.message).toMatch(message);
    expect(error?.message).toMatch(/Look at `journalctl -u kubelet` on the host\.$/);
  });

  test("does not take the request of node-1 for one of node-10 or ode-1", async () => {
    server.csrs = [csr("csr-1", {})];
    for (const nodeName of ["node-10", "ode-1", "node-"]) {
      await expect(wait({ nodeName })).rejects.toThrow("There is no certificate request of its kubelet: does");
    }
  });

  test("names the machine of a Node that is another host's, and takes it once it is this host's", async () => {
    const node = nodeObject("node-1", "True");
    const nodeInfo = { kubeletVersion: "v1.37.2", machineID: "machine-of-another" };
    server.putNode({ ...node, status: { ...node.status, nodeInfo } });
    await expect(wait({ claim })).rejects.toThrow(
      "Node node-1 is there, but it is machine machine-of-another's, not this host's",
    );
    server.putNode(node);
    expect((await wait({ claim })).metadata?.name).toBe("node-1");
  });

  test("does not wait for a Node that another stack holds", async () => {
    const node = nodeObject("node-1", "False");
    const annotations = { "kubernetes-worker-nodes/claim": "2", "kubernetes-worker-nodes/owner": "org/project/other" };
    server.putNode({ ...node, metadata: { ...node.metadata, annotations } });
    await expect(wait({ claim, timeoutSeconds: 20 })).rejects.toThrow(
      "Node node-1 belongs to stack org/project/other; give this host another name, or take it out of that stack",
    );
  });

  test("reports progress of a long wait", async () => {
    const lines: unknown[] = [];
    const log = jest.spyOn(console, "log").mockImplementation((line) => void lines.push(line));
    await expect(wait({ timeoutSeconds: 1 }, { ...quick, progressMs: 100 })).rejects.toThrow("is not Ready after 1 s");
    log.mockRestore();
    expect(lines.length).toBeGreaterThan(0);
    expect(lines[0]).toMatch(/^Node node-1: waiting for \d s: there is no Node object of this name yet$/);
  });

  describe("after a change of the kubelet", () => {
    const lease = (renewTime: string): FakeObject => ({ metadata: { name: "node-1" }, spec: { renewTime } });

    /** One lease until it was looked at, then another. */
    function putLeases(first: string, then: string): void {
      server.leases.set("node-1", lease(first));
      let looks = 0;
      server.intercept = ({ path }) => {
        if (path.includes("leases") && ++looks === 2) server.leases.set("node-1", lease(then));
        return undefined;
      };
    }

    test("does not believe a Ready from before the change", async () => {
      server.putNode(nodeObject("node-1", "True"));
      server.leases.set("node-1", lease("2026-01-01T00:00:00.000000Z"));
      await expect(wait({ newHeartbeat: true })).rejects.toThrow(
        "its kubelet has sent no heartbeat since it was changed",
      );
    });

    test("goes on with the first heartbeat", async () => {
      server.putNode(nodeObject("node-1", "True"));
      putLeases("2026-01-01T00:00:00.000000Z", "2026-01-01T00:00:10.000000Z");
      expect((await wait({ newHeartbeat: true, timeoutSeconds: 5 })).metadata?.name).toBe("node-1");
    });

    test("takes a heartbeat from before the wait that is later than the start of its kubelet, and none that is earlier", async () => {
      server.putNode(nodeObject("node-1", "True"));
      server.leases.set("node-1", lease("2026-01-01T00:00:10.250000Z"));
      const kubeletStart = Date.parse("2026-01-01T00:00:10.200Z");
      expect((await wait({ newHeartbeat: true, kubeletStart })).metadata?.name).toBe("node-1");
      await expect(wait({ newHeartbeat: true, kubeletStart: kubeletStart + 100 })).rejects.toThrow("no heartbeat");
    });

    test("takes one that comes later than the start of its kubelet during the wait", async () => {
      server.putNode(nodeObject("node-1", "True"));
      putLeases("2026-01-01T00:00:00.000000Z", "2026-01-01T00:00:10.000000Z");
      const kubeletStart = Date.parse("2026-01-01T00:00:05Z");
      expect((await wait({ newHeartbeat: true, kubeletStart, timeoutSeconds: 5 })).metadata?.name).toBe("node-1");
    });

    test("takes Ready as it is where Leases may not be read", async () => {
      server.putNode(nodeObject("node-1", "True"));
      server.intercept = ({ path }) => (path.includes("leases") ? failure(403, "no") : undefined);
      expect((await wait({ newHeartbeat: true })).metadata?.name).toBe("node-1");
    });
  });
});
