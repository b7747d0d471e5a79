import { statSync } from "node:fs";
import type { Lab } from "../../lab/lab";
import { SshCounters } from "../../lab/network/sshCounters";
import { readCheckpoint } from "../support/checkpoint";
import { sshLogins } from "../support/hostFingerprint";
import { expectSuccess, readyStack, type Stack } from "../support/stack";
import type { Run } from "../support/stackRun";

// Each bound is what was seen when it was set and some room. The goal beside it is where it is to be tightened to.

/** Most that one node may have in a state. */
const customResources = 8;
/** WorkerNode and what it is made of. */
const components = 5;
/** Most bytes of state that one node may add, by a state of all nodes and one of all but one. Simulated hosts add 43 400. The goal is 45 000. */
const stateBytes = 47_000;

/** Most SSH connections that one run may make to a host it changes: one of the providers, one of the verification. */
const connectionsOfAChange = 2;
/** Likewise a refresh, which only the providers make. */
const connectionsOfARefresh = 1;

/** Most bytes, headers included, that a refresh may send to a host: scripts, and digests of what is recorded. */
const bytesOfARefresh = 150_000;
/** Likewise a change of one field of a file: no binary travels again. */
const bytesOfAChange = 150_000;

describe("what a run costs", () => {
  let lab: Lab;
  let stack: Stack;
  let counters: SshCounters;
  beforeAll(async () => {
    ({ lab, stack } = await readyStack());
    counters = await SshCounters.start(lab.network, lab.hosts);
  });
  afterAll(async () => {
    await counters.stop();
    stack.configure();
    expectSuccess(await stack.up());
  });

  /** Connections, as the host's sshd and as the kernel counted them, and bytes sent to each host, of a run that has to succeed. */
  async function costs(run: () => Promise<Run>): Promise<{ logins: number; connections: number; sent: number }[]> {
    const logins = (): Promise<number[]> => Promise.all(lab.hosts.map(({ name }) => sshLogins(lab, name)));
    const [loginsBefore, before] = [await logins(), await counters.read()];
    expectSuccess(await run());
    const [loginsAfter, after] = [await logins(), await counters.read()];
    return lab.hosts.map(({ name }, at) => ({
      logins: (loginsAfter[at] ?? NaN) - (loginsBefore[at] ?? NaN),
      connections: (after[name]?.connections ?? NaN) - (before[name]?.connections ?? NaN),
      sent: (after[name]?.sentBytes ?? NaN) - (before[name]?.sentBytes ?? NaN),
    }));
  }

  test("a second up has nothing to say to any host", async () => {
    const nothing = { logins: 0, connections: 0, sent: 0 };
    expect(await costs(() => stack.up({ expectNoChanges: true }))).toEqual(lab.hosts.map(() => nothing));
  });

  test("a refresh asks each host in one connection, and sends little", async () => {
    for (const { logins, connections, sent } of await costs(() => stack.refresh())) {
      expect(connections).toBeGreaterThan(0);
      expect(logins).toBe(connections);
      expect(connections).toBeLessThanOrEqual(connectionsOfARefresh);
      expect(sent).toBeGreaterThan(0);
      expect(sent).toBeLessThanOrEqual(bytesOfARefresh);
    }
  });

  test("one changed field of a file sends no binary again", async () => {
    stack.configure((config) => {
      config["kubeletConfiguration"] = { ...(config["kubeletConfiguration"] as object), maxPods: 99 };
    });
    for (const { logins, connections, sent } of await costs(() => stack.up())) {
      expect(connections).toBeGreaterThan(0);
      expect(logins).toBe(connections);
      expect(connections).toBeLessThanOrEqual(connectionsOfAChange);
      expect(sent).toBeLessThanOrEqual(bytesOfAChange);
    }
  });

  test("a node is few resources, and few bytes of the state", async () => {
    const { resources } = await readCheckpoint(stack);
    const name = (urn: string): string => urn.split("::").slice(3).join("::");
    for (const host of lab.hosts) {
      const own = resources.filter(({ urn }) => name(urn) === host.name || name(urn).startsWith(`${host.name}-`));
      const custom = own.filter(({ custom }) => custom);
      expect(custom.length).toBeGreaterThan(0);
      expect(custom.length).toBeLessThanOrEqual(customResources);
      expect(own.length - custom.length).toBeLessThanOrEqual(components);
    }
    const whole = statSync(stack.stateFile).size;
    stack.configure((config) => {
      config["hosts"] = (config["hosts"] as object[]).slice(0, -1);
    });
    expectSuccess(await stack.up());
    const perNode = whole - statSync(stack.stateFile).size;
    expect(perNode).toBeGreaterThan(0);
    expect(perNode).toBeLessThanOrEqual(stateBytes);
  });
});
