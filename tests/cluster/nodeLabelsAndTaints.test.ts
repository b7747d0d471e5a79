import type { V1Node } from "@kubernetes/client-node";
import { openCluster } from "../../cluster/kubeClient";
import { applyMarks, marksPatch, noMarks, seenMarks } from "../../cluster/nodeLabelsAndTaints";
import { FakeApiServer, nodeObject } from "./fakeApiServer";

// The first load of the client library is compiled by Jest.
jest.setTimeout(60_000);

const notReady = { key: "node.kubernetes.io/not-ready", effect: "NoExecute", timeAdded: new Date(0) };

function node(labels: Record<string, string>, taints?: object[]): V1Node {
  return { metadata: { labels }, spec: { taints } } as V1Node;
}

describe("a label that is called as what every object inherits", () => {
  const owned = { labels: { constructor: "a", toString: "b" } as unknown as Record<string, string>, taints: [] };

  test("is missing where the Node has none of its name", () => {
    expect(seenMarks(node({}), owned)).toEqual(noMarks);
    expect(marksPatch(node({}), noMarks, owned)).toMatchObject({ metadata: { labels: owned.labels } });
  });

  test("is seen with its value where the Node has it", () => {
    expect(seenMarks(node(owned.labels), owned)).toEqual(owned);
    expect(marksPatch(node(owned.labels), noMarks, owned)).toBeUndefined();
  });
});

describe("marksPatch", () => {
  const gpu = { key: "dedicated", value: "gpu", effect: "NoSchedule" };
  const cases: [string, V1Node, typeof noMarks, typeof noMarks, object | undefined][] = [
    [
      "adds a label and nothing else",
      node({ foreign: "1" }),
      noMarks,
      { labels: { a: "1" }, taints: [] },
      { labels: { a: "1" } },
    ],
    [
      "removes only owned labels that are no longer wanted and still there",
      node({ foreign: "1", old: "1" }),
      { labels: { old: "1", gone: "1" }, taints: [] },
      noMarks,
      { labels: { old: null } },
    ],
    [
      "changes a label that someone else changed",
      node({ a: "theirs" }),
      noMarks,
      { labels: { a: "1" }, taints: [] },
      { labels: { a: "1" } },
    ],
    ["keeps a label with an empty value", node({ a: "" }), noMarks, { labels: { a: "" }, taints: [] }, undefined],
    [
      "keeps foreign taints and their order",
      node({}, [notReady]),
      noMarks,
      { labels: {}, taints: [gpu] },
      { taints: [notReady, gpu] },
    ],
    [
      "replaces the value of a taint in its place",
      node({}, [{ ...gpu, value: "old" }, notReady]),
      noMarks,
      { labels: {}, taints: [gpu] },
      { taints: [gpu, notReady] },
    ],
    [
      "removes an owned taint and no foreign one",
      node({}, [gpu, notReady]),
      { labels: {}, taints: [gpu] },
      noMarks,
      { taints: [notReady] },
    ],
    [
      "takes the same key with another effect for another taint",
      node({}, [{ ...gpu, effect: "NoExecute" }]),
      noMarks,
      { labels: {}, taints: [gpu] },
      { taints: [{ ...gpu, effect: "NoExecute" }, gpu] },
    ],
    [
      "takes no value and an empty value for the same",
      node({}, [{ key: "a", effect: "NoSchedule" }]),
      noMarks,
      { labels: {}, taints: [{ key: "a", value: "", effect: "NoSchedule" }] },
      undefined,
    ],
    [
      "changes nothing where all is as wanted",
      node({ a: "1" }, [gpu]),
      noMarks,
      { labels: { a: "1" }, taints: [gpu] },
      undefined,
    ],
  ];
  test.each(cases)("%s", (_name, seen, before, now, expected) => {
    const patch = marksPatch(seen, before, now);
    expect(patch && { ...patch.metadata, ...patch.spec }).toEqual(expected);
  });

  test("sets annotations beside the others' ones", () => {
    const seen: V1Node = { metadata: { annotations: { foreign: "1", claim: "old" } } };
    const wanted = { ...noMarks, annotations: { claim: "new", owner: "us" } };
    expect(marksPatch(seen, noMarks, wanted)).toEqual({ metadata: { annotations: { claim: "new", owner: "us" } } });
    expect(marksPatch({ metadata: { annotations: { ...wanted.annotations, foreign: "1" } } }, noMarks, wanted)).toBe(
      undefined,
    );
  });
});

test.each(["constructor", "toString", "hasOwnProperty"])("a label %s is a label like any other", (key) => {
  const owned = { labels: { [key]: "1" }, taints: [] };
  expect(seenMarks(node({}), owned).labels).toEqual({});
  expect(seenMarks(node({ [key]: "2" }), owned).labels).toEqual({ [key]: "2" });
  expect(marksPatch(node({}), noMarks, owned)).toEqual({ metadata: { labels: { [key]: "1" } } });
  expect(marksPatch(node({}), owned, noMarks)).toBeUndefined();
  expect(marksPatch(node({ [key]: "1" }), noMarks, owned)).toBeUndefined();
});

test("seenMarks reports owned marks as they are: missing ones left out, changed ones changed, foreign ones never", () => {
  const owned = {
    labels: { same: "1", changed: "1", missing: "1" },
    taints: [
      { key: "same", value: "", effect: "NoSchedule" },
      { key: "changed", value: "1", effect: "NoSchedule" },
      { key: "missing", effect: "NoSchedule" },
    ],
  };
  const taints = [
    { key: "changed", value: "2", effect: "NoSchedule" },
    { key: "same", effect: "NoSchedule" },
    notReady,
  ];
  expect(seenMarks(node({ same: "1", changed: "2", foreign: "1" }, taints), owned)).toEqual({
    labels: { same: "1", changed: "2" },
    taints: [
      { key: "same", value: "", effect: "NoSchedule" },
      { key: "changed", value: "2", effect: "NoSchedule" },
    ],
  });
});

describe("applyMarks", () => {
  let server: FakeApiServer;
  beforeEach(async () => {
    server = await FakeApiServer.start();
  });
  afterEach(() => server.stop());

  test("starts from a new reading where another writer came between, and keeps what that one wrote", async () => {
    server.putNode(nodeObject("a", "True"));
    let others = 2;
    server.intercept = ({ method }) => {
      const current = server.nodes.get("a");
      if (method === "PATCH" && others-- > 0 && current)
        server.putNode({ ...current, spec: { ...current.spec, taints: [notReady] } });
      return undefined;
    };
    const wanted = { labels: { pool: "x" }, taints: [{ key: "k", effect: "NoSchedule" }] };
    await applyMarks(await openCluster(server.kubeconfig), "a", noMarks, wanted);
    expect(server.pathsOf("PATCH")).toHaveLength(3);
    expect(server.nodes.get("a")?.metadata.labels).toEqual({ "kubernetes.io/hostname": "a", pool: "x" });
    expect(server.nodes.get("a")?.spec?.taints).toMatchObject([{ key: notReady.key }, { key: "k" }]);
  });

  test("writes nothing where nothing changes", async () => {
    server.putNode(nodeObject("a", "True"));
    await applyMarks(await openCluster(server.kubeconfig), "a", noMarks, {
      labels: { "kubernetes.io/hostname": "a" },
      taints: [],
    });
    expect(server.pathsOf("PATCH")).toEqual([]);
  });

  test("answers undefined where the Node is gone, also between reading and writing", async () => {
    const cluster = await openCluster(server.kubeconfig);
    const wanted = { labels: { pool: "x" }, taints: [] };
    expect(await applyMarks(cluster, "a", noMarks, wanted)).toBeUndefined();
    server.putNode(nodeObject("a", "True"));
    server.intercept = ({ method }) => {
      if (method === "PATCH") server.nodes.delete("a");
      return undefined;
    };
    expect(await applyMarks(cluster, "a", noMarks, wanted)).toBeUndefined();
  });
});
