import type { Lab } from "../../lab/lab";
import { checkWorkload, startWorkload, stopWorkload } from "../../lab/hosts/workload";
import { fingerprint, sshLogins } from "../support/hostFingerprint";
import { kubectlOf, nodesOf, openTestLab } from "../support/labOfTests";
import { Stack, expectSuccess } from "../support/stack";

describe("bare hosts become Ready nodes", () => {
  let lab: Lab;
  let stack: Stack;
  beforeAll(async () => {
    lab = await openTestLab();
    stack = await Stack.open(lab);
  });

  test("by one up, at the version asked for, with the labels and taints of the stack", async () => {
    stack.configure((config) => {
      const hosts = config["hosts"] as Record<string, unknown>[];
      config["hosts"] = hosts.map((host, index) => ({
        ...host,
        labels: { "node-role.kubernetes.io/worker": "", "example.com/rack": `r${index}` },
        ...(index === 1 ? { taints: ["example.com/slow=yes:PreferNoSchedule"] } : {}),
      }));
    });
    expectSuccess(await stack.up());
    const nodes = await nodesOf(lab);
    expect(nodes.map(({ name, ready, version }) => ({ name, ready, version }))).toEqual(
      lab.hosts.map(({ name }) => ({ name, ready: true, version: "v1.37.2" })),
    );
    expect(nodes[0]?.labels).toMatchObject({ "node-role.kubernetes.io/worker": "", "example.com/rack": "r0" });
    expect(nodes[1]?.taints).toEqual(["example.com/slow=yes:PreferNoSchedule"]);
  });

  test("whose pods reach each other, Services, NodePorts, and are reached by logs and exec", async () => {
    const client = kubectlOf(lab);
    const workload = await startWorkload(
      client,
      lab.hosts.map(({ name }) => name),
    );
    const addresses = Object.fromEntries(lab.hosts.map(({ name, address }) => [name, address]));
    const answers = await checkWorkload(client, workload, addresses);
    expect(answers).toHaveLength(5);
    // The pod network keeps the caller's own address between nodes.
    const [here] = Object.values(workload.pods);
    expect(answers[0]?.answer).toContain(`client=${here?.address}:`);
    await stopWorkload(client);
  });

  test("and a second up changes nothing: no resource, no file, no unit, and connects to no host", async () => {
    const before = await Promise.all(lab.hosts.map(({ name }) => fingerprint(lab, name)));
    const logins = await Promise.all(lab.hosts.map(({ name }) => sshLogins(lab, name)));
    expectSuccess(await stack.up({ expectNoChanges: true }));
    expect(await Promise.all(lab.hosts.map(({ name }) => fingerprint(lab, name)))).toEqual(before);
    expect(await Promise.all(lab.hosts.map(({ name }) => sshLogins(lab, name)))).toEqual(logins);
    expect(before.join()).toMatch(/\/opt\/kubernetes\/bin\/1\.37\.2-[0-9a-f]{12}\/kubelet /);
  });
});
