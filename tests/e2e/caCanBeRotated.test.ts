import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { kubectl } from "../../lab/hosts/workload";
import type { Lab } from "../../lab/lab";
import { rotateCa } from "../../lab/rotateCa";
import { kubectlOf, nodeObjects } from "../support/labOfTests";
import { expectAsConfigured } from "../support/settled";
import type { Stack } from "../support/stack";
import { expectSuccess, readyStack } from "../support/stack";

/** Files of a host that have a line of a certificate, as it is or inside a kubeconfig. */
const filesWith = (line: string): string => `
cd /etc/kubernetes
grep -rlF '${line}' /etc/kubernetes /var/lib/kubelet /var/lib/kubernetes-worker-nodes
for path in $(grep -rl certificate-authority-data /etc/kubernetes /var/lib/kubelet /var/lib/kubernetes-worker-nodes); do
  sed -n 's/.*certificate-authority-data: //p' "$path" | base64 -d | grep -qF '${line}' && echo "$path"
done
true`;

const trusting = ["bootstrap-kubelet.conf", "kube-proxy.conf", "kubelet.conf", "pki/ca.crt"].map(
  (name) => `/etc/kubernetes/${name}`,
);

// Row 4 of the faults.
describe("a cluster that gets another CA", () => {
  let lab: Lab;
  let stack: Stack;
  let host: string;
  let late: string;
  let old: X509Certificate;
  let uids: string[];
  beforeAll(async () => {
    ({ lab, stack } = await readyStack());
    [host = "", late = ""] = lab.hosts.map(({ name }) => name);
    old = await ca();
    uids = (await nodeObjects(lab)).map(({ metadata }) => metadata.uid);
  });
  afterAll(async () => {
    await lab.exec(late, "systemctl start ssh");
    stack.configure();
    expectSuccess(await stack.up());
  });

  const ca = async (): Promise<X509Certificate> => new X509Certificate(await readFile(join(lab.files.pki, "ca.crt")));

  /** Files of a host that have the old CA. */
  async function withOld(name: string): Promise<string[]> {
    const [, , line = ""] = old.toString().split("\n");
    return (await lab.exec(name, filesWith(line))).stdout.trim().split("\n").filter(Boolean).sort();
  }

  /** Whether the certificate that a kubelet shows the API server is by that CA. */
  async function isBy(issuer: X509Certificate, name: string): Promise<boolean> {
    const { stdout } = await lab.exec(name, "cat /var/lib/kubelet/pki/kubelet-client-current.pem");
    return new X509Certificate(stdout).verify(issuer.publicKey);
  }

  /** As configured, by the Nodes that were there before, which the API server reaches too. */
  async function expectNothingLost(): Promise<void> {
    await expectAsConfigured(lab, stack);
    expect((await nodeObjects(lab)).map(({ metadata }) => metadata.uid)).toEqual(uids);
    for (const { name } of lab.hosts) {
      expect(await kubectl(kubectlOf(lab), ["get", "--raw", `/api/v1/nodes/${name}/proxy/configz`])).toContain(
        "maxPods",
      );
    }
  }

  /** The CA in the settings as it stands in a file of the lab. */
  const trustOnly = async (): Promise<void> => {
    const pem = await readFile(join(lab.files.pki, "ca.crt"), "utf8");
    stack.configure((config) => (config["caCertPem"] = pem));
  };

  test("has every node trust the new one beside the old one", async () => {
    await rotateCa(lab.name, "trust the new one");
    stack.configure();
    expectSuccess(await stack.up());
    expect(await withOld(host)).toEqual(trusting);
    await expectNothingLost();
  });

  test("goes on when the new one signs", async () => {
    await rotateCa(lab.name, "sign by the new one");
    stack.configure();
    expectSuccess(await stack.up());
    expect(await isBy(old, host)).toBe(true);
    await expectNothingLost();
  });

  test("has each kubelet get a certificate by the new one, when the old one is taken out of the settings", async () => {
    // Refuses connections, as a host that is down for a moment; its kubelet goes on.
    await lab.exec(late, "systemctl stop ssh.socket ssh");
    await trustOnly();
    const { ok, output } = await stack.up();
    expect(ok).toBe(false);
    expect(output).toContain("unreachable over SSH");
    expect([await isBy(await ca(), host), await isBy(old, late)]).toEqual([true, true]);
    expect(await withOld(host)).toEqual([]);
  });

  test("and none is lost when the old one is trusted no more, also not one whose kubelet is refused then", async () => {
    await rotateCa(lab.name, "distrust the old one");
    const refusals = "journalctl -u kubelet --since '-20 s' -o cat | grep -ci unauthorized";
    const isRefused = async (): Promise<boolean> => Number((await lab.exec(late, refusals)).stdout) > 0;
    for (let tries = 0; tries < 40 && !(await isRefused()); tries++) await sleep(500);
    expect(await isRefused()).toBe(true);
    await lab.exec(late, "systemctl start ssh");
    stack.configure();
    expectSuccess(await stack.up());
    for (const { name } of lab.hosts) {
      expect([name, await withOld(name), await isBy(await ca(), name)]).toEqual([name, [], true]);
    }
    await expectNothingLost();
  });
});
