import { load } from "js-yaml";
import { parse } from "smol-toml";

import {
  deepMerge,
  nodeLabelErrors,
  nodeNameErrors,
  parseTaint,
  renderSystemdUnit,
  renderToml,
  renderYaml,
  systemdCommand,
  taintErrors,
} from "../../render";

describe("deepMerge", () => {
  const base = { a: 1, list: [1, 2], nested: { keep: true, change: 1 } };
  test.each([
    ["scalars and lists replace", { a: 2, list: [3] }, { ...base, a: 2, list: [3] }],
    ["objects merge", { nested: { change: 2, more: {} } }, { ...base, nested: { keep: true, change: 2, more: {} } }],
    [
      "null removes, also where nothing was",
      { a: null, nested: { keep: null }, gone: { x: null } },
      { list: [1, 2], nested: { change: 1 }, gone: {} },
    ],
    ["undefined leaves alone", { a: undefined }, base],
    ["an object replaces a scalar", { a: { b: 1 } }, { ...base, a: { b: 1 } }],
  ])("%s", (_name, override, expected) => {
    expect(deepMerge(base, override)).toEqual(expected);
    expect(base).toEqual({ a: 1, list: [1, 2], nested: { keep: true, change: 1 } });
  });

  test("does not reach into prototypes", () => {
    deepMerge({ a: 1 }, JSON.parse('{"__proto__": {"polluted": true}}'));
    expect(Object.prototype).not.toHaveProperty("polluted");
  });

  test("refuses what is no object", () => {
    expect(() => deepMerge({ a: 1 }, [1])).toThrow("must be objects");
  });
});

describe("renderYaml and renderToml", () => {
  test("equal values give equal text, whatever the order of keys", () => {
    expect(renderYaml({ b: 1, a: { d: 1, c: 2 } })).toBe(renderYaml({ a: { c: 2, d: 1 }, b: 1 }));
    expect(renderToml({ b: 1, a: { d: 1, c: 2 } })).toBe(renderToml({ a: { c: 2, d: 1 }, b: 1 }));
  });

  test("strings that YAML 1.1 would take for something else stay strings", () => {
    const value = { a: ["yes", "on", "1_000", "0x1f", "1e3", "~", "012", "2026-01-01"], b: "x".repeat(200) };
    const text = renderYaml(value);
    expect(text).toContain("- 'yes'\n");
    expect(text).toContain("- '1_000'\n");
    expect(text.split("\n")).toHaveLength(value.a.length + 3);
    expect(load(text)).toEqual(value);
  });

  test("values that are used twice are written twice", () => {
    const shared = { x: 1 };
    expect(renderYaml({ a: shared, b: shared })).not.toContain("&");
  });

  test("TOML reads back as it was", () => {
    const value = { version: 3, plugins: { "io.containerd.cri.v1.runtime": { cni: { bin_dirs: ["/opt/cni/bin"] } } } };
    expect(parse(renderToml(value))).toEqual(value);
  });
});

describe("renderSystemdUnit", () => {
  test("repeats the directive for a list and leaves undefined out", () => {
    const unit = renderSystemdUnit({
      Unit: { After: ["a.service", "b.service"], Wants: undefined },
      Service: { CPUAccounting: true },
    });
    expect(unit).toContain("[Unit]\nAfter=a.service\nAfter=b.service\n\n[Service]\nCPUAccounting=true\n");
  });

  test("command lines are taken literally by systemd", () => {
    expect(systemdCommand("/bin/x", ["--a=50%", "--b=$HOME", 'c "d"', ""])).toBe(
      '/bin/x \\\n  --a=50%% \\\n  --b=$$HOME \\\n  "c \\"d\\"" \\\n  ""',
    );
  });
});

describe("labels, taints and names", () => {
  test.each([
    [{ "node-role.kubernetes.io/worker": "", "example.com/pool": "a", plain: "x.y_z-1" }, 0],
    [{ "kubernetes.io/hostname": "x" }, 1],
    [{ "Example.com/pool": "a" }, 1],
    [{ "example.com/": "a" }, 1],
    [{ pool: "-a" }, 1],
    [{ pool: "a".repeat(64) }, 1],
    [{ ["a".repeat(64)]: "" }, 1],
    [{ "a/b/c": "" }, 1],
    [{ "": "" }, 1],
  ])("labels %j have %i errors", (labels, count) => {
    expect(nodeLabelErrors(labels as Record<string, string>)).toHaveLength(count);
  });

  test.each([
    ["dedicated=gpu:NoSchedule", { key: "dedicated", value: "gpu", effect: "NoSchedule" }],
    ["example.com/x:NoExecute", { key: "example.com/x", effect: "NoExecute" }],
    ["a=:PreferNoSchedule", { key: "a", effect: "PreferNoSchedule" }],
  ])("taint %s", (text, taint) => {
    expect(taintErrors(text)).toEqual([]);
    expect(parseTaint(text)).toEqual(taint);
  });

  test.each(["", "a", "a=b", "a=b:Never", ":NoSchedule", "a=b=c:NoSchedule", "a b:NoSchedule"])(
    "no taint: %j",
    (text) => {
      expect(taintErrors(text)).not.toEqual([]);
      expect(() => parseTaint(text)).toThrow(/must/);
    },
  );

  test("node names", () => {
    expect(nodeNameErrors("worker-1.example.com")).toEqual([]);
    for (const name of ["Worker-1", "-a", "a_b", "a..b", "", "a".repeat(254)]) {
      expect(nodeNameErrors(name)).toHaveLength(1);
    }
  });
});
