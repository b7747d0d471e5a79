import { commentLimit, previewComment } from "../../preview/comment";
import type { PreviewStep } from "../../preview/preview";
import { previewOf, service, step } from "./scene";

const comment = (...steps: PreviewStep[]): string => previewComment(previewOf(...steps), { stack: "dev" });
const config = "/var/lib/kubelet/config.yaml";
const kubelet = (maxPods: number, node: string) =>
  service("kubelet.service", { [config]: `kind: KubeletConfiguration\nmaxPods: ${maxPods}\nname: ${node}\n` });
const proxy = (content: string, unit = "unit") => ({ unit, files: { "/etc/proxy.cfg": { content, reload: true } } });

describe("the line of a node", () => {
  const line = (...steps: PreviewStep[]): string | undefined => /^\| `n-1` \| (.*) \|$/m.exec(comment(...steps))?.[1];
  const same = step("n-1", "claim", { nodeName: "n-1" }, { nodeName: "n-1" });

  test.each<[string, PreviewStep[], string]>([
    ["added", [step("n-1", "claim", undefined, {}), step("n-1", "kubelet", undefined, kubelet(1, "n-1"))], "**added**"],
    [
      "removed",
      [step("n-1", "claim", {}), step("n-1", "kubelet", kubelet(1, "n-1"))],
      "**removed**: drained, then emptied",
    ],
    ["forgotten", [step("n-1", "claim", { lost: true })], "**removed**, only from the records: it is lost"],
    ["declared lost", [step("n-1", "claim", { lost: false }, { lost: true }, ["lost"])], "**declared lost**"],
    [
      "restarts what reads another file",
      [same, step("n-1", "kubelet", kubelet(1, "n-1"), kubelet(2, "n-1"), ["files"])],
      "restarts kubelet",
    ],
    [
      "restarts a proxy that is another unit",
      [same, step("n-1", "api-server-proxy", proxy("a", "unit"), proxy("b", "other"), ["files", "unit"])],
      "restarts kube-apiserver-proxy",
    ],
    [
      "reloads what reads another file without a restart",
      [same, step("n-1", "api-server-proxy", proxy("a"), proxy("b"), ["files"])],
      "reloads kube-apiserver-proxy",
    ],
    [
      "without a service that it had",
      [same, step("n-1", "api-server-proxy", proxy("a"))],
      "takes kube-apiserver-proxy away",
    ],
    [
      "relabelled",
      [
        same,
        step(
          "n-1",
          "registration",
          { labels: { a: "1", b: "x|y" }, taints: [] },
          { labels: { a: "2" }, taints: [{ key: "t", value: "v", effect: "NoExecute" }] },
          ["labels", "taints"],
        ),
      ],
      "relabelled +`a=2` −`a=1` −`b=x\\|y`; retainted +`t=v:NoExecute`",
    ],
    [
      "moved to another machine",
      [
        step(
          "n-1",
          "claim",
          { connection: { host: "10.0.0.1", port: 22, hostKey: "a" } },
          { connection: { host: "10.0.0.2", port: 2222, hostKey: "b" } },
          ["connection.host", "connection.port", "connection.hostKey"],
        ),
      ],
      "**moved**: 10.0.0.1 → 10.0.0.2:2222; another host key: another machine, or one that was reinstalled",
    ],
    [
      "reached otherwise, where that is secret",
      [step("n-1", "claim", { connection: "[secret]" }, { connection: "[secret]" }, ["connection"])],
      "reached otherwise, which is secret",
    ],
    [
      "only recorded",
      [same, step("n-1", "kubelet", { ...kubelet(1, "n-1"), look: 1 }, { ...kubelet(1, "n-1"), look: 2 }, ["look"])],
      "only recorded: nothing is done on the host",
    ],
    [
      "given new credentials",
      [same, step("n-1", "kube-proxy", { secretFiles: "[secret]" }, { secretFiles: "[secret]" }, ["secretFiles"])],
      "new credentials of kube-proxy",
    ],
  ])("%s", (_what, steps, expected) => {
    expect(line(...steps)).toBe(expected);
  });

  test("warns of another release with the checksum of the one before", () => {
    const programs = (version: string) => ({ programs: { [`/opt/${version}-aaaa/kubelet`]: { sha256: "aaaa" } } });
    const text = comment(same, step("n-1", "binaries", programs("1.37.1"), programs("1.37.2"), ["programs"]));
    expect(text).toContain("> **Look at this**: another release of kubelet has the checksum of the one before");
  });
});

test("of a preview with a refresh counts what it leads to, not what it saw", () => {
  const seen = { ...kubelet(1, "n-1"), faults: ["edited"] };
  const look = { ...step("n-1", "kubelet", kubelet(2, "n-1"), seen, ["files"]), op: "refresh" };
  expect(comment(look, step("n-1", "kubelet", kubelet(2, "n-1"), kubelet(2, "n-1")))).toContain("no changes");
  const repair = comment(look, step("n-1", "kubelet", seen, kubelet(2, "n-1"), ["files"]));
  expect(repair).toContain("| `n-1` | restarts kubelet |");
  expect(repair).toContain("-maxPods: 1\n+maxPods: 2");
});

describe("changes of files", () => {
  test("stand once for all nodes that share them, each node's own name left aside", () => {
    const steps = ["n-1", "n-2", "n-10"].map((node) =>
      step(node, "kubelet", kubelet(1, node), kubelet(2, node), ["files"]),
    );
    const text = comment(...steps);
    expect(text.match(/```diff/g)).toHaveLength(1);
    expect(text).toContain(`\`${config}\` on 3 nodes: \`n-1\`, \`n-2\`, \`n-10\`, \`<node>\` is its name`);
    expect(text).toContain("-maxPods: 1\n+maxPods: 2\n name: <node>");
  });

  test("of new files are whole and folded, and of a removed node not shown", () => {
    const text = comment(
      step("n-1", "kubelet", undefined, kubelet(1, "n-1")),
      step("n-2", "kubelet", kubelet(1, "n-2")),
    );
    expect(text).toContain(`<details><summary>new file <code>${config}</code> on n-1</summary>`);
    expect(text).toContain("+kind: KubeletConfiguration\n+maxPods: 1");
    expect(text).not.toContain("-maxPods");
  });

  test("of secret files are only named", () => {
    const inputs = (content: string) => ({
      ...service("x.service", {}),
      secretFiles: { "/etc/x": { content, sealed: true } },
    });
    const text = comment(step("n-1", "kubelet", inputs("DIGEST-1"), inputs("DIGEST-2"), ["secretFiles"]));
    expect(text).toContain("`/etc/x` changes, not shown: the state has its digest only (`n-1`)");
    expect(text).not.toContain("DIGEST");
  });

  test("cannot end their fence", () => {
    const text = comment(step("n-1", "kubelet", undefined, service("k", { "/x": "````\n# not a heading\n" })));
    expect(text).toContain("\n`````diff\n+````\n+# not a heading\n`````\n");
  });
});

describe("the whole comment", () => {
  test("counts, names what is unchanged, and sorts numbers by their value", () => {
    const claims = ["n-10", "n-2", "n-1"].map((node) => step(node, "claim", {}, {}));
    const text = comment(...claims, step("n-3", "claim", undefined, {}));
    expect(text).toContain("### `dev`: 1 node added, 3 unchanged\n");
    expect(text).toContain("Unchanged: `n-1`, `n-2`, `n-10`\n");
    expect(comment(...claims)).toContain("### `dev`: no changes");
  });

  test("says first why a preview failed", () => {
    const diagnostics = [{ severity: "error", message: "1 error in the settings of stack dev:\n  hosts: ..." }];
    const text = previewComment({ steps: [], diagnostics }, { stack: "dev" });
    expect(text).toContain(
      "### `dev`: the preview failed\n\n```\n1 error in the settings of stack dev:\n  hosts: ...\n```",
    );
  });

  test("stays below the limit, and says what was left out", () => {
    const unlike = (at: number) =>
      service("k", { "/x": Array.from({ length: 60 }, (_, line) => `value ${at * 1000 + line}`).join("\n") });
    const nodes = Array.from({ length: 200 }, (_, at) => `node-${at}`);
    const text = comment(...nodes.map((node, at) => step(node, "kubelet", undefined, unlike(at))));
    const [all, most] = [nodes.length, commentLimit];
    expect(text.length).toBeLessThan(most);
    const shown = text.match(/<summary>new file/g)?.length ?? 0;
    expect(shown).toBeGreaterThan(20);
    expect(text).toContain(`_${all - shown} more parts did not fit: they are in the log of the run._`);
    expect(nodes.every((node) => text.includes(`| \`${node}\` |`))).toBe(true);
  });
});
