import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { askCluster } from "../../cli/init/clusterFacts";

// The first load of the client library is compiled by Jest.
jest.setTimeout(60_000);

const system = "/api/v1/namespaces/kube-system";
const version = { "/version": { gitVersion: "v1.37.2+x" } };
const dns = { [`${system}/services/kube-dns`]: { spec: { clusterIPs: ["10.1.0.10", "None"] } } };
const kubeadm = (ClusterConfiguration?: string) => ({
  [`${system}/configmaps/kubeadm-config`]: { data: { ClusterConfiguration } },
});
const controllerManager = {
  [`${system}/pods?labelSelector=component%3Dkube-controller-manager`]: {
    items: [
      { spec: { containers: [{ name: "c", command: ["kube-controller-manager", "--cluster-cidr=10.3.0.0/16"] }] } },
    ],
  },
};

describe("what a cluster says of itself", () => {
  let server: Server;
  let answers: Record<string, object>;
  beforeEach(async () => {
    server = createServer(({ url = "" }, response) => {
      response.writeHead(answers[url] === undefined ? 404 : 200, { "content-type": "application/json" });
      response.end(JSON.stringify(answers[url] ?? { kind: "Status", code: 404 }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(() => void server.close());

  const ask = () => {
    const { port } = server.address() as AddressInfo;
    const cluster = { name: "c", cluster: { server: `http://127.0.0.1:${port}`, "insecure-skip-tls-verify": true } };
    const context = { name: "x", context: { cluster: "c", user: "u" } };
    return askCluster(
      JSON.stringify({
        clusters: [cluster],
        users: [{ name: "u", user: {} }],
        contexts: [context],
        "current-context": "x",
      }),
    );
  };

  test.each([
    ["of kubeadm", kubeadm("networking: { podSubnet: 10.2.0.0/16, dnsDomain: a.example }"), "10.2.0.0/16", "a.example"],
    ["of another kind, with a controller manager that is a pod", controllerManager, "10.3.0.0/16", undefined],
    ["that says no range", {}, undefined, undefined],
    ["of kubeadm, whose words nobody left", kubeadm(""), undefined, undefined],
  ])("%s", async (_kind, more, clusterCIDR, clusterDomain) => {
    answers = { ...version, ...dns, ...more };
    expect(await ask()).toEqual({ version: "1.37.2", clusterDNS: ["10.1.0.10"], clusterCIDR, clusterDomain });
  });

  test("is an error where it does not answer as one", async () => {
    answers = {};
    await expect(ask()).rejects.toThrow("404");
  });
});
