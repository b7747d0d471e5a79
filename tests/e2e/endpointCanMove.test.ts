import { connect, createServer, type Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Lab } from "../../lab/lab";
import { kubectl } from "../../lab/hosts/workload";
import { selfSigned } from "../settings/testConfiguration";
import { kubectlOf } from "../support/labOfTests";
import { expectAsConfigured } from "../support/settled";
import type { Stack } from "../support/stack";
import { expectSuccess, readyStack } from "../support/stack";

const port = 7443;

/** Cuts a host off from the API server's old port, connections that are open too. */
const cutOff = (address: string): string => `
nft add table ip cutoff
nft 'add chain ip cutoff output { type filter hook output priority 0; }'
nft add rule ip cutoff output ip daddr ${address} tcp dport 6443 reject with tcp reset`;

// Rows 3 and 4 of the faults.
describe("an API server that gets another address", () => {
  let lab: Lab;
  let stack: Stack;
  let proxy: Server;
  let address: string;
  beforeAll(async () => {
    ({ lab, stack } = await readyStack());
    address = new URL(stack.setting("apiServerEndpoint") as string).hostname;
    proxy = createServer((socket) => {
      const server = connect(6443, address);
      socket.on("error", () => server.destroy()).on("close", () => server.destroy());
      server.on("error", () => socket.destroy());
      socket.pipe(server).pipe(socket);
    });
    await new Promise<void>((resolve) => proxy.listen(port, address, resolve));
  });
  const letThrough = async (): Promise<void> => {
    for (const { name } of lab.hosts) await lab.exec(name, "nft delete table ip cutoff");
  };
  afterAll(async () => {
    await letThrough();
    stack.configure();
    expectSuccess(await stack.up());
    proxy.close();
  });

  const ours = async (): Promise<string[]> => {
    const kinds = ["get", "clusterrolebindings,secrets", "--all-namespaces", "-o", "name"];
    const names = (await kubectl(kubectlOf(lab), kinds)).split("\n");
    return names.filter((line) => /worker-nodes|bootstrap-token/.test(line));
  };

  /** Last sign of life of each kubelet. */
  const heartbeats = async (): Promise<number[]> => {
    const path = "jsonpath={range .items[*]}{.spec.renewTime}{'\\n'}{end}";
    const times = await kubectl(kubectlOf(lab), ["get", "leases", "--namespace", "kube-node-lease", "-o", path]);
    return times.trim().split("\n").map(Date.parse);
  };

  test("has every node on the new one, with the cluster's objects where they were", async () => {
    const before = await ours();
    expect(before).toHaveLength(4);
    stack.configure((config) => (config["apiServerEndpoint"] = `https://${address}:${port}`));
    expectSuccess(await stack.up());
    expect(await ours()).toEqual(before);
    await expectAsConfigured(lab, stack);
  });

  test("and none is lost when the old one stops", async () => {
    for (const { name } of lab.hosts) expect((await lab.exec(name, cutOff(address))).code).toBe(0);
    const since = Date.now();
    const isAlive = async (): Promise<boolean> => (await heartbeats()).every((time) => time > since + 2000);
    for (let tries = 0; tries < 40 && !(await isAlive()); tries++) await sleep(1000);
    expect(await isAlive()).toBe(true);
    await expectAsConfigured(lab, stack);
    // The Service kubernetes still leads there, which the next look at a node tries.
    await letThrough();
  });

  test("and a CA beside the old one reaches every file that trusts it, without losing a node", async () => {
    const { certPem } = await selfSigned(true);
    const certificates = "grep -c 'BEGIN CERTIFICATE' /etc/kubernetes/pki/ca.crt";
    const inKubeconfig = (name: string): string =>
      `sed -n 's/.*certificate-authority-data: //p' /etc/kubernetes/${name} | base64 -d | grep -c 'BEGIN CERTIFICATE'`;
    stack.configure((config) => {
      config["apiServerEndpoint"] = `https://${address}:${port}`;
      config["caCertPem"] = `${config["caCertPem"] as string}${certPem}`;
    });
    expectSuccess(await stack.up());
    for (const { name } of lab.hosts) {
      const files = ["kubelet.conf", "bootstrap-kubelet.conf", "kube-proxy.conf"].map(inKubeconfig);
      const { stdout } = await lab.exec(name, [certificates, ...files].join("; "));
      expect(stdout.trim().split("\n")).toEqual(["2", "2", "2", "2"]);
    }
    await expectAsConfigured(lab, stack);
  });
});
