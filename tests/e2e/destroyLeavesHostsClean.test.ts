import { readFileSync } from "node:fs";
import type { Lab } from "../../lab/lab";
import { kubectl, startWorkload } from "../../lab/hosts/workload";
import { fingerprint, hostTraces, sshLogins } from "../support/hostFingerprint";
import { kubectlOf, nodesOf } from "../support/labOfTests";
import type { Stack } from "../support/stack";
import { expectSuccess, readyStack } from "../support/stack";
import { pristineFile } from "./setup";

describe("destroy", () => {
  let lab: Lab;
  let stack: Stack;
  beforeAll(async () => {
    ({ lab, stack } = await readyStack());
    await startWorkload(
      kubectlOf(lab),
      lab.hosts.map(({ name }) => name),
    );
  });

  test("leaves the hosts as they were before the first up, although pods ran there", async () => {
    const pristine = JSON.parse(readFileSync(pristineFile(lab), "utf8")) as Record<string, string[]>;
    const [host] = lab.hosts;
    const used = await hostTraces(lab, host?.name ?? "");
    expect(used.join("\n")).toMatch(/^f \/opt\/kubernetes\/bin\/1\.37\.2-[0-9a-f]{12}\/kubelet$/m);
    expectSuccess(await stack.destroy());
    for (const { name } of lab.hosts) expect(await hostTraces(lab, name)).toEqual(pristine[name]);
  });

  test("leaves no Node, token or binding of ours in the cluster", async () => {
    expect(await nodesOf(lab)).toEqual([]);
    const client = kubectlOf(lab);
    const names = await kubectl(client, ["get", "clusterrolebindings", "-o", "name"]);
    expect(names).not.toContain("worker-nodes:");
    const secrets = await kubectl(client, ["get", "secrets", "--namespace", "kube-system", "-o", "name"]);
    expect(secrets).not.toContain("bootstrap-token-");
  });

  test("and the next up makes them Ready again, as a user with sudo, by one SSH session a host beside the read-only command", async () => {
    stack.configure((config) => (config["sshUser"] = "admin"));
    const logins = (): Promise<number[]> => Promise.all(lab.hosts.map(({ name }) => sshLogins(lab, name)));
    const before = await logins();
    expectSuccess(await stack.up());
    const after = await logins();
    expect(after.map((count, index) => count - (before[index] ?? 0))).toEqual(lab.hosts.map(() => 2));
    expect((await nodesOf(lab)).map(({ ready }) => ready)).toEqual(lab.hosts.map(() => true));
  });

  test("and another user, key or port changes nothing on a host", async () => {
    const before = await Promise.all(lab.hosts.map(({ name }) => fingerprint(lab, name)));
    stack.configure();
    const { output } = expectSuccess(await stack.up({ diff: true }));
    expect(output).toContain('user: "admin" => "root"');
    expect(await Promise.all(lab.hosts.map(({ name }) => fingerprint(lab, name)))).toEqual(before);
  });
});
