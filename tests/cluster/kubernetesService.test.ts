import { kubernetesService } from "../../cluster/kubernetesService";
import { openCluster } from "../../cluster/kubeClient";
import { defaultTiming } from "../../cluster/timing";
import { failure, FakeApiServer } from "./fakeApiServer";

describe("the Service kubernetes", () => {
  let server: FakeApiServer;
  beforeEach(async () => {
    server = await FakeApiServer.start();
    server.kubernetesService = { spec: { clusterIP: "10.1.0.1", ports: [{ name: "https", port: 443 }] } };
  });
  afterEach(() => server.stop());
  const ask = async (): Promise<string> => kubernetesService(await openCluster(server.kubeconfig, defaultTiming));
  const slice = (addressType: string, port: number, ...addresses: [address: string, ready?: boolean][]): object => ({
    addressType,
    ports: [{ name: "https", port }],
    endpoints: addresses.map(([address, ready]) => ({ addresses: [address], conditions: { ready } })),
  });

  test("is told with the API servers that are ready, of its own family, in one order", async () => {
    server.kubernetesEndpoints = [
      slice("IPv4", 6443, ["10.0.0.12", true], ["10.0.0.13", false]),
      slice("IPv4", 6443, ["10.0.0.11"]),
      slice("IPv6", 6443, ["fd00::1", true]),
    ];
    expect(await ask()).toBe("10.1.0.1:443=10.0.0.11:6443,10.0.0.12:6443");
  });

  test("has brackets around addresses of IPv6", async () => {
    server.kubernetesService = { spec: { clusterIP: "fd00:1::1", ports: [{ port: 443 }] } };
    server.kubernetesEndpoints = [slice("IPv4", 6443, ["10.0.0.12"]), slice("IPv6", 6443, ["fd00::1", true])];
    expect(await ask()).toBe("[fd00:1::1]:443=[fd00::1]:6443");
  });

  test.each([
    ["is not there", () => (server.kubernetesService = undefined)],
    ["has no endpoints yet", () => (server.kubernetesEndpoints = [])],
    [
      "may not be read",
      () => (server.intercept = ({ path }) => (path.includes("discovery") ? failure(403, "forbidden") : undefined)),
    ],
  ])("that %s is nothing to fail for", async (_case, change) => {
    server.kubernetesEndpoints = [slice("IPv4", 6443, ["10.0.0.11"])];
    change();
    expect(await ask()).toBe("");
  });

  test("is asked for once by all nodes of a run", async () => {
    server.kubernetesEndpoints = [slice("IPv4", 6443, ["10.0.0.11"])];
    await Promise.all([ask(), ask()]);
    await ask();
    expect(server.pathsOf("GET")).toHaveLength(2);
  });
});
