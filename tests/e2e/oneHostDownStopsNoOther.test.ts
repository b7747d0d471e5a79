import type { Lab } from "../../lab/lab";
import { run } from "../../lab/machine/command";
import { breakHost, mendHost } from "../support/brokenHost";
import { nodesOf } from "../support/labOfTests";
import type { Stack } from "../support/stack";
import { expectSuccess, readyStack } from "../support/stack";
import { touched } from "../support/stackRun";
import { hostKey } from "../support/workerNodeArgs";

/** Three attempts of 15 seconds each to reach a host, and what a run takes by itself. */
const boundSeconds = 120;

describe("a host that dies after it became a node", () => {
  let lab: Lab;
  let stack: Stack;
  let dead: string;
  let others: string[];
  beforeAll(async () => {
    ({ lab, stack } = await readyStack());
    [dead = "", ...others] = lab.hosts.map(({ name }) => name);
  });
  afterAll(() => mendHost(lab, dead));

  const maxPods = async (host: string): Promise<string> =>
    (await lab.exec(host, "sed -n 's/^maxPods: //p' /var/lib/kubelet/config.yaml")).stdout.trim();

  test("is named, fails the run within bounded time, and the others get their change", async () => {
    stack.configure((config) => {
      config["kubeletConfiguration"] = { ...(config["kubeletConfiguration"] as object), maxPods: 99 };
    });
    await breakHost(lab, dead);
    const started = Date.now();
    const { ok, output, steps } = await stack.up();
    expect((Date.now() - started) / 1000).toBeLessThan(boundSeconds);
    expect(ok).toBe(false);
    const address = lab.hosts.find(({ name }) => name === dead)?.address ?? "";
    expect(output).toContain(`root@${address}:22: unreachable over SSH`);
    expect(steps).toContainEqual({ op: "update", name: `${dead}-kubelet`, failed: true });
    expect(await maxPods(dead)).toBe("");
    for (const host of others) {
      expect(await maxPods(host)).toBe("99");
      expect(steps).toContainEqual({ op: "update", name: `${host}-kubelet`, failed: false });
      expect(steps.filter(({ name, failed }) => failed && name.startsWith(host))).toEqual([]);
      expect((await nodesOf(lab)).find(({ name }) => name === host)?.ready).toBe(true);
    }
  });

  // Rows 50 and 64 of the faults.
  test("is unknown to a refresh, which names it and has what was changed by hand on the others repaired", async () => {
    for (const host of others) await lab.exec(host, "sed -i 's/^maxPods: .*/maxPods: 7/' /var/lib/kubelet/config.yaml");
    const { ok, output, steps } = await stack.up({ refresh: true });
    expect(ok).toBe(false);
    const address = lab.hosts.find(({ name }) => name === dead)?.address ?? "";
    const said = output.replace(/\s+/g, " ");
    expect(said).toContain(`reading kubelet.service: unknown, root@${address}:22: unreachable over SSH`);
    expect(steps.filter(({ name, failed }) => failed && !name.startsWith(dead))).toEqual([]);
    expect(steps.filter(({ op }) => op === "create" || op === "delete" || op === "replace")).toEqual([]);
    for (const host of others) {
      expect(said).not.toContain(`root@${lab.hosts.find(({ name }) => name === host)?.address ?? ""}:22`);
      expect(await maxPods(host)).toBe("99");
      expect(steps).toContainEqual({ op: "update", name: `${host}-kubelet`, failed: false });
    }
  });

  test("gets its change by the next up once it lives again, and the others are left alone", async () => {
    await mendHost(lab, dead);
    const steps = touched(expectSuccess(await stack.up()));
    expect(await maxPods(dead)).toBe("99");
    expect(steps).toContain(`${dead}-kubelet`);
    for (const host of others) expect(steps.filter((name) => name.startsWith(host))).toEqual([]);
    expect((await nodesOf(lab)).map(({ ready }) => ready)).toEqual(lab.hosts.map(() => true));
    stack.configure();
    expectSuccess(await stack.up());
  });
});

describe("a host that is down", () => {
  let lab: Lab;
  let stack: Stack;
  /** An address of the lab's network that no host has. */
  let deadAddress: string;
  beforeAll(async () => {
    ({ lab, stack } = await readyStack());
    deadAddress = lab.hosts[0]?.address.replace(/\d+$/, "250") ?? "";
    expectSuccess(await stack.destroy());
  });

  /** What the machine knows of who has that address: it has asked, where anything was to be sent there. */
  const askedFor = (): Promise<string> => run("ip", ["neigh", "show", "to", deadAddress]);

  test("is named, fails the run, and the others become Ready", async () => {
    stack.configure((config) => {
      const hosts = config["hosts"] as Record<string, unknown>[];
      config["hosts"] = [{ ...hosts[0], name: "dead", address: deadAddress, hostKey: hostKey(9) }, ...hosts];
    });
    const { ok, output, steps } = await stack.up();
    expect(ok).toBe(false);
    expect(steps).toContainEqual({ op: "create", name: "dead-claim", failed: true });
    expect(output).toContain(deadAddress);
    expect(await askedFor()).toContain(deadAddress);
    const nodes = await nodesOf(lab);
    expect(nodes.map(({ name, ready }) => ({ name, ready }))).toEqual(
      lab.hosts.map(({ name }) => ({ name, ready: true })),
    );
  });

  test("is forgotten without a connection when it leaves the stack before it ever joined", async () => {
    await run("ip", ["neigh", "flush", "to", deadAddress]);
    stack.configure();
    expectSuccess(await stack.up());
    expect(await askedFor()).toBe("");
    expectSuccess(await stack.up({ expectNoChanges: true }));
  });
});
