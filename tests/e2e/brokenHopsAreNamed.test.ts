import { startWorkload, stopWorkload } from "../../lab/hosts/workload";
import type { Lab } from "../../lab/lab";
import { run } from "../../lab/machine/command";
import { readCheckpoint } from "../support/checkpoint";
import { kubectlOf, nodesOf } from "../support/labOfTests";
import type { Stack } from "../support/stack";
import { expectSuccess, readyStack } from "../support/stack";
import type { Run } from "../support/stackRun";

/** A table of a host's that drops packets; `mend` takes it away. */
const drop = (...chains: string[]): string => `table inet broken {\n${chains.join("\n")}\n}\n`;
const mend = "nft delete table inet broken 2>/dev/null; true";
const forwardDrop = drop("chain f { type filter hook forward priority 0; policy drop; }");
/** Before kube-proxy's rules. */
const dropped = (what: string): string =>
  drop(
    `chain o { type filter hook output priority -300; ${what} drop; }`,
    `chain p { type filter hook prerouting priority -300; ${what} drop; }`,
  );

describe("packets", () => {
  let lab: Lab;
  let stack: Stack;
  let names: string[];
  /** Host -> the last look of `up`, to be run by hand. */
  let looks: Record<string, string>;
  /** Routes of this machine, which is the router between the hosts, that lead nowhere. */
  let holes: string[] = [];
  let maxPods = 90;

  beforeAll(async () => {
    ({ lab, stack } = await readyStack());
    names = lab.hosts.map(({ name }) => name);
    await startWorkload(kubectlOf(lab), names);
    // Those that came first have met no others.
    expectSuccess(await upWithAChange());
    const { resources } = await readCheckpoint(stack);
    const created = (name: string): string => {
      const found = resources.find(({ urn }) => urn.endsWith(`::${name}-verification`));
      return String(found?.inputs?.["create"]);
    };
    looks = Object.fromEntries(names.map((name) => [name, created(name)]));
  });
  afterAll(async () => {
    await stopWorkload(kubectlOf(lab));
    stack.configure();
    expectSuccess(await stack.up());
  });

  const mendAll = async (): Promise<void> => {
    await Promise.all(names.map((name) => lab.exec(name, mend)));
    await fillHoles();
  };
  // Also where a test has failed in between.
  afterEach(mendAll);
  const fillHoles = async (): Promise<void> => {
    for (const address of holes) await run("ip", ["route", "delete", "blackhole", address]);
    holes = [];
  };
  /** A change after which every node is looked at again. */
  const upWithAChange = (): Promise<Run> => {
    maxPods += 1;
    stack.configure((config) => {
      config["kubeletConfiguration"] = { ...(config["kubeletConfiguration"] as object), maxPods };
    });
    return stack.up();
  };
  const breakHop = async (host: string, table: string): Promise<void> => {
    expect(await lab.exec(host, "nft -f -", table)).toMatchObject({ code: 0, stderr: "" });
  };
  const look = async (host: string): Promise<{ code: number; said: string }> => {
    const { code, stdout, stderr } = await lab.exec(host, `${looks[host]} 3`);
    return { code, said: stdout + stderr };
  };
  /** Nothing stays of the pod that packets were sent from. */
  const leftovers = async (host: string): Promise<string> =>
    (await lab.exec(host, "ls /run/netns/cni-verify-node 2>/dev/null")).stdout;

  test("that come through are in the output, with those of Services, NodePorts and the API server", async () => {
    const seen = await Promise.all(names.map(look));
    for (const [at, { code, said }] of seen.entries()) {
      expect({ code, said }).toMatchObject({ code: 0 });
      const others = names.filter((_name, other) => other !== at);
      for (const other of others)
        expect(said).toMatch(new RegExp(`pod \\S+ -> ${other}'s pods \\S+ \\(1400 bytes\\): ok`));
      expect(said).toMatch(/this host -> Service kubernetes \S+: ok\npod \S+ -> Service kubernetes \S+: ok/);
      expect(said).toMatch(/this host -> NodePort of lab-workload\/echo\S* \S+:30080: ok/);
    }
    const { resources } = await readCheckpoint(stack);
    const outputs = JSON.stringify(resources.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs);
    for (const { address } of lab.hosts) expect(outputs).toContain(`API server -> kubelet ${address}:10250: ok`);
    expect(await Promise.all(names.map(leftovers))).toEqual(names.map(() => ""));
  });

  // Two at a time, on a host each.
  const breaks: [hops: string, ...onEachHost: [change: string, expected: RegExp][]][] = [
    [
      "between nodes, and to the address of a Service",
      [
        forwardDrop,
        /node-\d's pods \S+: no answer, though its host \S+ answers; usually a missing route to them, the FORWARD policy .*; here the policy of FORWARD is DROP/,
      ],
      [
        dropped("ip daddr 10.1.0.1"),
        /this host -> Service kubernetes 10\.1\.0\.1:443: no answer, though \S+:6443 behind it answers; usually rules of kube-proxy/,
      ],
    ],
    [
      "of 1400 bytes, and to a NodePort",
      [
        drop("chain f { type filter hook forward priority 0; meta length > 1300 drop; }"),
        /node-\d's pods \S+: packets of 1400 bytes get no answer, small ones do; usually a smaller MTU on the way/,
      ],
      [
        dropped("tcp dport 30080"),
        /this host -> NodePort of lab-workload\/echo\S* \S+:30080: no answer, though \S+:8080 behind it answers/,
      ],
    ],
    [
      "from a pod to its host, and from a host to its pod",
      [
        drop("chain i { type filter hook input priority 0; iifname cni0 ct state new drop; }"),
        /pod \S+ -> its host \S+: no answer; usually a firewall of this host/,
      ],
      [
        drop("chain o { type filter hook output priority 0; oifname cni0 drop; }"),
        /this host -> its pod \S+: no answer; usually cni0 is down/,
      ],
    ],
  ];

  test.each(breaks)(
    "that do not come through %s are named by the look on that host, and come again when it is mended",
    async (_hops, ...onEachHost) => {
      await Promise.all(onEachHost.map(([change], at) => breakHop(names[at] ?? "", change)));
      const broken = await Promise.all(names.map(look));
      for (const [at, [, expected]] of onEachHost.entries()) {
        expect(broken[at]?.said).toMatch(expected);
        expect(broken[at]?.code).toBe(1);
      }
      await mendAll();
      const again = await Promise.all(names.map(look));
      expect(again.map(({ code, said }) => (code === 0 ? "" : said))).toEqual(names.map(() => ""));
      expect(await Promise.all(names.map(leftovers))).toEqual(names.map(() => ""));
    },
  );

  test("to pods that the router has no route to are named by every other node, and by up", async () => {
    const [lost = "", ...others] = await nodesOf(lab);
    if (lost === "") throw new Error("the lab has no nodes");
    // All that a node tries have to be out of reach for it to say so.
    holes = [lost, ...others].map(({ podCIDR }) => podCIDR.replace(/0\/24$/, "1/32"));
    for (const address of holes) await run("ip", ["route", "add", "blackhole", address]);
    const failed = await upWithAChange();
    expect(failed.ok).toBe(false);
    const said = failed.output.replace(/\s+/g, " ");
    for (const name of names) {
      expect(failed.steps).toContainEqual({ op: "update", name: `${name}-verification`, failed: true });
      expect(said).toContain(`${name}'s pods`);
    }
    expect(said).toMatch(/usually a missing route to them/);
    await mendAll();
    expectSuccess(await stack.up());
  });

  test("from the API server to a kubelet are named by up", async () => {
    const [{ name, address } = { name: "", address: "" }] = lab.hosts;
    const apiServer = address.replace(/\d+$/, "1");
    await breakHop(
      name,
      drop(`chain i { type filter hook input priority 0; ip saddr ${apiServer} tcp dport 10250 drop; }`),
    );
    const failed = await upWithAChange();
    expect(failed.ok).toBe(false);
    expect(failed.output.replace(/\s+/g, " ")).toMatch(
      new RegExp(
        `API server -> kubelet ${address}:10250: the API server does not reach the kubelet of Node ${name}, .*usually a firewall between the API server and ${address}:10250`,
      ),
    );
    await mendAll();
    expectSuccess(await stack.up());
  });
});
