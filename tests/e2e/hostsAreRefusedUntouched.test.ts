import type { Lab } from "../../lab/lab";
import { fingerprint, hostTraces } from "../support/hostFingerprint";
import { expectAsConfigured } from "../support/settled";
import type { Stack } from "../support/stack";
import { expectSuccess, readyStack } from "../support/stack";

type Hosts = Record<string, unknown>[];

// Rows 56, 57 and 62 of the faults.
describe("a host that is to become a node", () => {
  let lab: Lab;
  let stack: Stack;
  let host: string;
  let node: string;
  beforeAll(async () => {
    ({ lab, stack } = await readyStack());
    [host = "", node = ""] = lab.hosts.map(({ name }) => name);
    stack.configure((config) => (config["hosts"] = (config["hosts"] as Hosts).slice(1)));
    expectSuccess(await stack.up());
  });
  afterAll(async () => {
    await lab.exec(host, "echo 'admin ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/admin");
    stack.configure();
    expectSuccess(await stack.up());
  });

  /** An up that is refused with these words, with nothing changed on the bare host nor on the node. */
  async function refused(words: string): Promise<void> {
    const before = [await hostTraces(lab, host), await fingerprint(lab, node)];
    const { ok, output } = await stack.up();
    expect(ok).toBe(false);
    expect(output.replace(/\s+/g, " ")).toContain(words);
    expect([await hostTraces(lab, host), await fingerprint(lab, node)]).toEqual(before);
  }

  test("is not touched, nor is a node, where clusterCIDR is not what the cluster gives its Nodes", async () => {
    stack.configure((config) => (config["clusterCIDR"] = "10.250.0.0/16"));
    await refused("which is outside of clusterCIDR 10.250.0.0/16");
    stack.configure((config) => (config["clusterCIDR"] = `${config["clusterCIDR"] as string},fd00:250::/48`));
    await refused("clusterCIDR has IPv6 range fd00:250::/48, but the cluster gives IPv4 ranges only");
  });

  const asAdmin = (config: Record<string, unknown>): void => {
    const [first, ...others] = config["hosts"] as Hosts;
    config["hosts"] = [{ ...first, user: "admin" }, ...others];
  };

  test("is not touched by a user whose sudo wants a password, and the run says what to do", async () => {
    await lab.exec(host, "echo 'admin ALL=(ALL) ALL' >/etc/sudoers.d/admin");
    stack.configure(asAdmin);
    await refused("sudo refuses user admin (a password is required): it must work without a password");
    await refused("add a sudoers rule: admin ALL=(ALL) NOPASSWD: ALL");
  });

  test("becomes one as that user once sudo wants none", async () => {
    await lab.exec(host, "echo 'admin ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/admin");
    stack.configure(asAdmin);
    expectSuccess(await stack.up());
    await expectAsConfigured(lab, stack);
  });
});
