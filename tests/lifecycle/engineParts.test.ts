import { omit } from "es-toolkit";
import { parseDeployment, serializeDeployment } from "../../lab/engine/deployment";
import { Masker } from "../../lab/engine/masking";
import { applyReplaceOnChanges, bareDiff, diffProperties, invertDiff, isReplace } from "../../lab/engine/propertyDiff";
import { formatValue, lineDiff, outputLines } from "../../lab/engine/propertyDisplay";
import { formatPath, parsePath, pathContains, resetPath } from "../../lab/engine/propertyPath";
import { type ConfigValue, goJson } from "../../lab/engine/stackConfig";
import { newState } from "../../lab/engine/state";
import { createUrn, defaultProviderName, isDefaultProvider } from "../../lab/engine/urn";
import { annotateSecrets, fromWire, makeSecret, type PropertyMap, toWire, unknownValue } from "../../lab/engine/values";
import { Vault } from "../../lab/engine/vault";

describe("property paths", () => {
  test.each([
    ["a.b[0].c", ["a", "b", 0, "c"]],
    ['a["x.y"][*]', ["a", "x.y", "*"]],
    ['["with \\"quotes\\""]', ['with "quotes"']],
    ["triggers[*]", ["triggers", "*"]],
  ])("%s is read as its parts", (text, path) => {
    expect(parsePath(text)).toEqual(path);
  });

  test("is written as it is read", () => {
    expect(formatPath(["a", 0, "b.c", "d"])).toBe('a[0]["b.c"].d');
    expect(() => parsePath("a[")).toThrow("cannot be read from position 1");
  });

  test("contains what lies under it, with * for any one part", () => {
    expect(pathContains(parsePath("a[*].b"), parsePath("a[3].b.c"))).toBe(true);
    expect(pathContains(parsePath("a.b"), parsePath("a"))).toBe(false);
  });

  const news: PropertyMap = { a: 2, list: [1, 2], inner: { b: 2 }, maps: [{ x: 2 }, { y: 2 }] };
  test.each<[path: string, old: PropertyMap, after: PropertyMap, possible?: boolean]>([
    ["a", { a: 1 }, { ...news, a: 1 }],
    ["a", {}, omit(news, ["a"])],
    ["inner.constructor", { inner: {} }, news],
    ["", { a: 1 }, news, false],
    ["inner.b", { inner: makeSecret({ b: 1 }) }, { ...news, inner: { b: makeSecret(1) } }],
    ["inner.b", { inner: "text" }, { ...news, inner: {} }],
    ["inner.c.d", { inner: {} }, news],
    ["inner.c.d", { inner: { c: { d: 1 } } }, news, false],
    ["a.b", { a: { b: 1 } }, news, false],
    ["inner[*]", { inner: { c: 1 } }, { ...news, inner: { c: 1 } }],
    ["inner[*]", { inner: [1] }, news],
    ["a[*]", { a: [1] }, news, false],
    ["[*].b", { inner: { b: 1 } }, { ...news, inner: { b: 1 } }],
    ["[*].b", { gone: { b: 1 } }, news, false],
    ["list[1]", { list: [8, 9] }, { ...news, list: [1, 9] }],
    ["list[1]", { list: [9] }, news, false],
    ["list[2]", { list: [9] }, news],
    ["list[2].x", { list: [9] }, news, false],
    ["list[0]", { list: "text" }, news, false],
    ["list[*]", { list: [9] }, { ...news, list: [9, 2] }, false],
    ["maps[*].x", { maps: [{ x: 1 }, {}] }, { ...news, maps: [{ x: 1 }, { y: 2 }] }],
    ["maps[*].x", { maps: [{ x: 1 }] }, { ...news, maps: [{ x: 1 }, { y: 2 }] }, false],
  ])("sets %s back to what it is in %j", (path, old, after, possible = true) => {
    const inputs = structuredClone(news);
    expect([resetPath(parsePath(path), old, inputs), inputs]).toEqual([possible, after]);
  });
});

describe("diffs", () => {
  test("the engine's own diff names the deepest places that differ", () => {
    const found = diffProperties({ a: 1, list: [1, 2], same: {} }, { b: 1, list: [1, 3, 4], same: {} });
    expect(
      Object.entries(found)
        .map(([path, { kind }]) => `${kind} ${path}`)
        .sort(),
    ).toEqual(["add b", "add list[2]", "delete a", "update list[1]"]);
  });

  test("replaceOnChanges turns changes under its paths, and with * also failed initialisation, into replacements", () => {
    const diff = {
      ...bareDiff("some"),
      changedKeys: ["a"],
      detailed: diffProperties({ a: { b: 1 } }, { a: { b: 2 } }),
    };
    expect(isReplace(applyReplaceOnChanges(diff, ["a.c"], false))).toBe(false);
    expect(isReplace(applyReplaceOnChanges(diff, ["a.b"], false))).toBe(true);
    expect(applyReplaceOnChanges(bareDiff("none"), ["*"], true)).toMatchObject({
      changes: "some",
      replaceKeys: ["#initerror"],
    });
    expect(applyReplaceOnChanges(bareDiff("none"), ["a"], true).changes).toBe("none");
  });

  test("what a refresh found is the inverse of what an update would do", () => {
    const diff = { ...bareDiff("some"), detailed: diffProperties({ a: 1 }, { b: 1 }) };
    expect(Object.entries(invertDiff(diff).detailed ?? {}).map(([path, { kind }]) => kind + path)).toEqual([
      "adda",
      "deleteb",
    ]);
  });

  test("texts are compared line by line, with what is far from a change left out", () => {
    const before = ["1", "2", "3", "4", "5", "6", "7"].join("\n");
    expect(lineDiff(before, before.replace("4", "four"))).toEqual([
      "  ...",
      "  2",
      "  3",
      "- 4",
      "+ four",
      "  5",
      "  6",
      "  ...",
    ]);
  });
});

describe("values", () => {
  test("output values become what they stand for", () => {
    const signature = "4dabf18193072939515e22adb298388d";
    const output = { [signature]: "d0e6a833031e9bbcd3f4e8bde6ca49a4", value: 1, secret: true, dependencies: ["urn:a"] };
    const pending = { [signature]: "d0e6a833031e9bbcd3f4e8bde6ca49a4" };
    const struct = toWire({ output, pending });
    expect(fromWire(struct)).toEqual({ output: makeSecret(1), pending: unknownValue });
  });

  test("what a receiver cannot carry is taken off on the wire", () => {
    const reference = { "4dabf18193072939515e22adb298388d": "5cf8f73096256a8f31e491e813e4eb8e", urn: "urn:a", id: "7" };
    const struct = toWire(
      { secret: makeSecret({ a: makeSecret(1) }), reference },
      { secrets: false, resources: false },
    );
    expect(fromWire(struct)).toEqual({ secret: { a: 1 }, reference: "7" });
  });

  test("secret marks are put back by name, in objects at the place, of lists on the whole", () => {
    const outputs = { object: { a: 1, b: 2 }, list: [2, 1], other: 1 };
    annotateSecrets(outputs, { object: { a: makeSecret(1) }, list: [makeSecret(1)], missing: makeSecret(1) });
    expect(outputs).toEqual({ object: { a: makeSecret(1), b: 2 }, list: makeSecret([2, 1]), other: 1 });
  });

  test("secrets and unknown values are shown as such", () => {
    expect(formatValue({ a: makeSecret("x"), b: [unknownValue, null] })).toBe("{a: [secret], b: [[unknown], null]}");
    expect(outputLines({ a: 1, gone: 2 }, { a: 1, fresh: makeSecret(1) }, true)).toEqual([
      "  + fresh: [secret]",
      "  - gone : 2",
    ]);
  });
});

describe("names", () => {
  test("a URN has the types of the parents, without the stack's", () => {
    const stack = createUrn("dev", "p", "", "pulumi:pulumi:Stack", "p-dev");
    const group = createUrn("dev", "p", stack, "x:y:Group", "g");
    expect(createUrn("dev", "p", group, "x:y:Thing", "t::u")).toBe("urn:pulumi:dev::p::x:y:Group$x:y:Thing::t::u");
  });

  test("default providers are named by version and told from others", () => {
    expect(defaultProviderName("1.2.3-alpha.4+five")).toBe("default_1_2_3_alpha_4_five");
    expect(isDefaultProvider("urn:pulumi:dev::p::pulumi:providers:tls::default_5_6_1")).toBe(true);
    expect(isDefaultProvider("urn:pulumi:dev::p::pulumi:providers:tls::defaults")).toBe(false);
  });
});

describe("small formats", () => {
  test("JSON is Go's: keys sorted, some characters escaped", () => {
    expect(goJson({ b: "<&>", a: [{ d: 1, c: null }] })).toBe('{"a":[{"c":null,"d":1}],"b":"\\u003c\\u0026\\u003e"}');
  });
});

describe("masking", () => {
  const value: ConfigValue = { text: "", plain: "10.0.0.1-known", secret: false, secrets: [] };

  test("hides secrets of the configuration and of the run, also as JSON and line by line, but nothing known in the clear", () => {
    const masker = new Masker(
      new Map([
        ["p:a", value],
        ["p:b", { ...value, plain: "", secret: true, secrets: ["abc"] }],
      ]),
    );
    const key = "-----BEGIN KEY-----\naaaaaaaaaaaaaaaaaaaaaaaaaaaa\n-----END KEY-----\n";
    masker.observe({ connection: makeSecret({ host: "10.0.0.1-known", user: "root", key }) });
    expect(masker.mask(`abc ${JSON.stringify(key)}`)).toBe('[secret] "[secret]"');
    expect(masker.maskMessage("line aaaaaaaaaaaaaaaaaaaaaaaaaaaa of root at 10.0.0.1-known")).toBe(
      "line [secret] of root at 10.0.0.1-known",
    );
  });
});

describe("deployments", () => {
  const wrap = (resource: object): string =>
    JSON.stringify({ version: 3, deployment: { manifest: {}, resources: [resource] } });

  test("a state comes back as it was written, secrets in secrets included, without a plain word of them", () => {
    const state = newState({
      urn: "urn:pulumi:dev::p::x:y:Z::a",
      type: "x:y:Z",
      custom: true,
      id: "1",
      inputs: { a: makeSecret({ b: makeSecret("hidden") }), c: [null, 1.5] },
      initErrors: ["not ready"],
    });
    process.env.PULUMI_CONFIG_PASSPHRASE = "x";
    const text = serializeDeployment({ resources: [state], pendingOperations: [] }, new Vault(undefined));
    expect(text).not.toContain("hidden");
    expect(parseDeployment(text, undefined).snapshot.resources).toEqual([state]);
    delete process.env.PULUMI_CONFIG_PASSPHRASE;
  });

  test("fields that stand for what the engine lacks are refused by name", () => {
    expect(() =>
      parseDeployment(
        wrap({ urn: "urn:a", type: "x:y:Z", resourceHooks: { beforeCreate: ["h"] }, taint: true }),
        undefined,
      ),
    ).toThrow("resource urn:a has resourceHooks, taint, which the lab's engine does not support");
  });
});
