import { setTimeout as sleep } from "node:timers/promises";
import { killApiServer, startApiServer } from "../../lab/apiServers";
import { kubectl } from "../../lab/hosts/workload";
import type { Lab } from "../../lab/lab";
import { kubectlOf, nodesOf } from "../support/labOfTests";
import { askedWhile, summary, type Asked } from "../support/proxiedRequests";
import { expectAsConfigured } from "../support/settled";
import type { Stack } from "../support/stack";
import { expectSuccess, readyStack } from "../support/stack";

const processes = (unit: string): string => `systemctl show -p MainPID --value ${unit}`;
const clients = `${processes("kubelet")}; ${processes("kube-proxy")}`;
const servers = "sed -n 's/^ *server: //p' /etc/kubernetes/kubelet.conf /etc/kubernetes/kube-proxy.conf";
/** Of the proxy, and of the distribution's own unit, which is nobody's here. */
const traces = `
ls /etc/kubernetes/kube-apiserver-proxy.cfg /etc/kubernetes/pki/kube-apiserver-proxy-ca.crt /etc/systemd/system/kube-apiserver-proxy.service 2> /dev/null
ss -Hltn 'sport = :8443 or sport = :8404' | awk '{ print $4 }' | sort
systemctl is-active haproxy kube-apiserver-proxy`;

describe("a node's own proxy to two API servers", () => {
  let lab: Lab;
  let stack: Stack;
  beforeAll(async () => {
    ({ lab, stack } = await readyStack());
    if (lab.apiServers.length < 2) throw new Error("this story needs a lab with two: lab up --api-servers 2");
  });
  afterAll(async () => {
    await Promise.all(lab.apiServers.map((_, index) => startApiServer(lab.name, index)));
    stack.configure();
    expectSuccess(await stack.up());
  });

  const onAll = (script: string): Promise<string[]> =>
    Promise.all(lab.hosts.map(async ({ name }) => (await lab.exec(name, script)).stdout.trim()));
  const behind = (apiServers: string[]): void =>
    stack.configure((config) => {
      delete config["apiServerEndpoint"];
      config["apiServers"] = apiServers;
    });

  /** Seconds until every kubelet has shown a sign of life after a moment, as an API server has it. */
  async function heartbeatsAfter(moment: number, index: number): Promise<number> {
    const path = "jsonpath={range .items[*]}{.spec.renewTime}{'\\n'}{end}";
    const args = ["get", "leases", "-n", "kube-node-lease", "-o", path, "-s", `https://${lab.apiServers[index]}`];
    const isAlive = async (): Promise<boolean> => {
      const times = await kubectl(kubectlOf(lab), args);
      return times
        .trim()
        .split("\n")
        .every((time) => Date.parse(time) > moment);
    };
    while (!(await isAlive()) && Date.now() < moment + 40_000) await sleep(500);
    return (Date.now() - moment) / 1000;
  }

  const expectReady = async (): Promise<void> =>
    expect((await nodesOf(lab)).map(({ ready }) => ready)).toEqual(lab.hosts.map(() => true));

  /** Says numbers of what was seen. */
  const tell = (what: string, seen: object): void => console.log(what, JSON.stringify(seen));
  const summaries = (asked: Record<string, Asked[]>) =>
    Object.fromEntries(Object.entries(asked).map(([name, all]) => [name, summary(all)]));

  test("takes the place of the one endpoint, bound to the node alone, without losing a node", async () => {
    behind(lab.apiServers);
    expectSuccess(await stack.up());
    expect(await onAll(servers)).toEqual(lab.hosts.map(() => "https://127.0.0.1:8443\nhttps://127.0.0.1:8443"));
    for (const found of await onAll(traces)) {
      expect(found.split("\n").slice(3)).toEqual(["127.0.0.1:8404", "127.0.0.1:8443", "inactive", "active"]);
    }
    await expectAsConfigured(lab, stack);
  });

  test("lets one die unnoticed", async () => {
    const before = await onAll(clients);
    let seconds = 0;
    const asked = await askedWhile(lab, async () => {
      await killApiServer(lab.name, 1);
      seconds = await heartbeatsAfter(Date.now() + 5000, 0);
    });
    tell("one of two killed:", { ...summaries(asked), secondsToHeartbeats: seconds });
    for (const { requests, failed, slowest } of Object.values(summaries(asked))) {
      expect(requests).toBeGreaterThan(20);
      expect(failed).toBeLessThanOrEqual(2);
      expect(slowest).toBeLessThan(3000);
    }
    await expectReady();
    expect(await onAll(clients)).toEqual(before);
  });

  test("fails at once when none is alive, and comes back with the first", async () => {
    let back = 0;
    const asked = await askedWhile(lab, async () => {
      await killApiServer(lab.name, 0);
      await sleep(15_000);
      await startApiServer(lab.name, 1);
      back = Date.now();
      await sleep(5000);
    });
    // Until they were found dead, a request was tried again.
    const dead = Object.values(asked).flatMap((all) => all.filter(({ at }) => at > back - 10_000 && at < back - 8000));
    expect(dead.length).toBeGreaterThan(10);
    expect(dead.filter(({ ok }) => ok)).toEqual([]);
    expect(Math.max(...dead.map(({ milliseconds }) => milliseconds))).toBeLessThan(1000);
    const recovered = Object.values(asked).map(
      (all) => (all.find(({ at, ok }) => ok && at > back - 5000)?.at ?? 0) - back,
    );
    tell("none alive:", { slowest: summary(dead).slowest, requests: dead.length, recoveredAfter: recovered });
    for (const milliseconds of recovered) expect(milliseconds).toBeLessThan(4000);
    const seconds = await heartbeatsAfter(back, 1);
    tell("heartbeats after the first was back:", { seconds });
    expect(seconds).toBeLessThan(30);
    await startApiServer(lab.name, 0);
    await expectAsConfigured(lab, stack);
  });

  test("reads another list without a restart of anything", async () => {
    const all = `${clients}; ${processes("kube-apiserver-proxy")}`;
    const before = await onAll(all);
    behind(lab.apiServers.slice(0, 1));
    expectSuccess(await stack.up());
    expect(await onAll("grep -c '^  server ' /etc/kubernetes/kube-apiserver-proxy.cfg")).toEqual(
      lab.hosts.map(() => "1"),
    );
    expect(await onAll(all)).toEqual(before);
    await expectAsConfigured(lab, stack);
  });

  test("keeps its list where no server of another one answers", async () => {
    const before = await onAll(`${clients}; sha256sum /etc/kubernetes/kube-apiserver-proxy.cfg`);
    const nobody = `${lab.apiServers[0]?.replace(/:.*/, "")}:9`;
    behind([nobody]);
    const { ok, output } = await stack.up();
    expect(ok).toBe(false);
    const said = output.replace(/\s+/g, " ");
    expect(said).toContain(`no API server is alive: ${nobody} is DOWN`);
    expect(said).toContain("the version before was put back and kube-apiserver-proxy.service runs with it");
    expect(await onAll(`${clients}; sha256sum /etc/kubernetes/kube-apiserver-proxy.cfg`)).toEqual(before);
    behind(lab.apiServers);
    expectSuccess(await stack.up());
    await expectAsConfigured(lab, stack);
  });

  test("is found gone by a look, and put back", async () => {
    const [host] = lab.hosts;
    await lab.exec(
      host?.name ?? "",
      "systemctl stop kube-apiserver-proxy; rm /etc/kubernetes/kube-apiserver-proxy.cfg",
    );
    expectSuccess(await stack.up({ refresh: true }));
    // Its Node may have been given up meanwhile.
    const isReady = async (): Promise<boolean> => (await nodesOf(lab)).every(({ ready }) => ready);
    for (let tries = 0; tries < 40 && !(await isReady()); tries++) await sleep(500);
    await expectAsConfigured(lab, stack);
  });

  test("goes without a trace, and the nodes ask the one endpoint again", async () => {
    stack.configure();
    expectSuccess(await stack.up());
    const endpoint = stack.setting("apiServerEndpoint") as string;
    expect(await onAll(servers)).toEqual(lab.hosts.map(() => `${endpoint}\n${endpoint}`));
    expect(await onAll(traces)).toEqual(lab.hosts.map(() => "inactive\ninactive"));
    await expectAsConfigured(lab, stack);
  });
});
