import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { NodeWatch } from "../../cluster/nodeWatch";
import { FakeApiServer, nodeObject } from "./fakeApiServer";

/** The watch of a cluster, and what has become of it. */
class FakeWatch {
  opened = 0;
  closed = 0;
  changed: (nodeName: string) => void = () => undefined;
  ended: () => void = () => undefined;
  refuses = false;
  readonly watch = new NodeWatch((changed, ended) => {
    this.opened++;
    if (this.refuses) return Promise.reject(new Error("403"));
    Object.assign(this, { changed, ended });
    return Promise.resolve(() => void this.closed++);
  }, 50);
}

const turns = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Whether a wait ends without its time being over. */
async function ends(wait: Promise<void>): Promise<boolean> {
  const over = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 100));
  return Promise.race([wait.then(() => true), over]);
}

describe("a watch for Nodes", () => {
  let fake: FakeWatch;
  beforeEach(() => (fake = new FakeWatch()));

  test("wakes those who wait for the Node that has changed, and nobody else", async () => {
    const [a, b] = [fake.watch.listen("a"), fake.watch.listen("b")];
    await Promise.all([a.next(300), b.next(300)]);
    const [waitsForA, waitsForB] = [a.next(300), b.next(300)];
    fake.changed("a");
    expect([await ends(waitsForA), await ends(waitsForB)]).toEqual([true, false]);
    await waitsForB;
  });

  test("tells a change of before the wait once", async () => {
    const changes = fake.watch.listen("a");
    await turns();
    fake.changed("a");
    expect(await ends(changes.next(300))).toBe(true);
    const wait = changes.next(300);
    expect(await ends(wait)).toBe(false);
    await wait;
  });

  test("is one for all, stays open for the next who listens, and no longer", async () => {
    const all = ["a", "b", "c"].map((name) => fake.watch.listen(name));
    await turns();
    expect([fake.opened, all.map((changes) => changes.isWatched())]).toEqual([1, [true, true, true]]);
    all.slice(1).forEach((changes) => changes.stop());
    all[0]?.stop();
    await after(20);
    // The next host's.
    const next = fake.watch.listen("d");
    await after(100);
    expect([fake.opened, fake.closed]).toEqual([1, 0]);
    next.stop();
    await after(100);
    expect(fake.closed).toBe(1);
    fake.watch.listen("a");
    expect(fake.opened).toBe(2);
  });

  test("has those who wait look once when it opens, as nobody has told what changed until then", async () => {
    const changes = fake.watch.listen("a");
    const wait = changes.next(300);
    expect(await ends(wait)).toBe(true);
    expect(fake.opened).toBe(1);
  });

  test("is closed also where nobody listens any more when it opens", async () => {
    fake.watch.listen("a").stop();
    await after(100);
    expect([fake.opened, fake.closed]).toEqual([1, 1]);
  });

  test("says where it was refused or has ended, and is not opened again at once", async () => {
    fake.refuses = true;
    const changes = fake.watch.listen("a");
    await turns();
    await changes.next(1);
    expect([fake.opened, changes.isWatched()]).toEqual([1, false]);
    fake = new FakeWatch();
    const others = fake.watch.listen("a");
    await turns();
    fake.ended();
    await others.next(1);
    expect([fake.opened, others.isWatched()]).toEqual([1, false]);
  });
});

// In a process of its own: what streams does not come through under Jest.
describe("the wait for a Node", () => {
  const program = `
    const { openCluster } = require(${JSON.stringify(join(__dirname, "../../dist/cluster/kubeClient"))});
    const { waitForReady } = require(${JSON.stringify(join(__dirname, "../../dist/cluster/nodeReadiness"))});
    const timing = { pollMs: 50, watchedPollMs: 60000, requestMs: 5000, unreachableMs: 5000, progressMs: 60000 };
    openCluster(process.env.KUBECONFIG_TEXT, timing)
      .then((cluster) =>
        waitForReady(cluster, { nodeName: "a", kubeletVersion: "v1.37.2", timeoutSeconds: 300, newHeartbeat: false }),
      )
      .then((node) => process.exit(node.metadata.name === "a" ? 0 : 2));`;
  let server: FakeApiServer;
  beforeEach(async () => (server = await FakeApiServer.start()));
  afterEach(() => server.stop());

  async function waitFrom(kubeconfig: string): Promise<void> {
    const env = { PATH: process.env.PATH, KUBECONFIG_TEXT: kubeconfig };
    await promisify(execFile)(process.execPath, ["-e", program], { env, timeout: 50_000 });
  }

  test("looks at it when the watch tells that it has changed", async () => {
    server.allowsWatch = true;
    server.putNode(nodeObject("a", "False"));
    const watched = setInterval(() => {
      if (server.watches.size === 0) return;
      clearInterval(watched);
      setTimeout(() => server.putNode(nodeObject("b", "True")), 500);
      setTimeout(() => server.putNode(nodeObject("a", "True")), 1000);
    }, 10);
    await waitFrom(server.kubeconfig);
    // Once at its begin, perhaps until the watch is open, and then when it is told.
    expect(server.pathsOf("GET").length).toBeLessThan(10);
  });

  test("looks now and then where Nodes may not be watched", async () => {
    server.putNode(nodeObject("a", "False"));
    server.intercept = () => {
      if (server.calls.length === 5) server.putNode(nodeObject("a", "True"));
      return undefined;
    };
    await waitFrom(server.kubeconfig);
    expect(server.calls).toHaveLength(5);
  });
});
