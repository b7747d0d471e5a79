import { connect, createServer } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { dump, load } from "js-yaml";
import type { Lab } from "../../lab/lab";
import { openTestLab } from "../support/labOfTests";
import { Stack, expectSuccess } from "../support/stack";

describe("the preview of a first up", () => {
  let lab: Lab;
  let stack: Stack;
  let server: Server;
  let connections = 0;
  let port: number;
  beforeAll(async () => {
    lab = await openTestLab();
    stack = await Stack.open(lab, "preview");
    // Stands for hosts and API server alike, answers nothing and counts.
    server = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    // At every address of loopback, so that each host has one of its own and none is missed.
    await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(async () => {
    await stack.forget();
    server.close();
  });

  const address = (index: number): string => `127.0.0.${index + 1}`;

  test("shows every resource without a connection to a host, without the SSH key and with the API server down", async () => {
    stack.configure((config) => {
      const hosts = config["hosts"] as Record<string, unknown>[];
      config["hosts"] = hosts.map((host, index) => ({ ...host, address: address(index), port }));
      config["apiServerEndpoint"] = `https://127.0.0.1:${port}`;
      delete config["sshPrivateKey"];
    });
    const { steps, changes } = expectSuccess(await stack.preview());
    expect(steps).toContainEqual({ op: "create", name: `${lab.hosts[0]?.name}-kubelet`, failed: false });
    // 8 a node, 7 and the provider for the cluster, 4 components a node and 2 above them, the stack.
    expect(changes).toEqual({ create: 8 * 2 + 8 + 4 * 2 + 2 + 1 });
    expect(connections).toBe(0);
  });

  test("counts connections, so that the one before proves something", async () => {
    for (const index of lab.hosts.keys()) {
      await new Promise<void>((resolve) => connect(port, address(index)).once("close", () => resolve()));
      expect(connections).toBe(index + 1);
    }
  });

  test("does not read binaries either", async () => {
    stack.configure((config) => {
      config["binaries"] = load(dump(config["binaries"]).replaceAll(/source: .*/g, "source: not/there"));
    });
    expectSuccess(await stack.preview());
  });
});
