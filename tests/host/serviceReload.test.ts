import type { Sandbox } from "../support/sandbox";
import { shells } from "../support/sandbox";
import { ServiceScene, type Wanted } from "../support/serviceHost";

const list = "/etc/app/list";

describe.each(shells)("what a service reads again when it is reloaded, under %s", (_name, shell) => {
  const scene = new ServiceScene(shell);
  const { apply, succeed, starts, read, leftOver } = scene;
  let host: Sandbox;
  beforeEach(() => (host = scene.host));

  const wanted = (content: string, change: Partial<Wanted> = {}): Wanted => ({
    config: "one",
    more: { [list]: { content, reload: true } },
    ...change,
  });
  const reloads = (): number => (host.has("/run/reloads") ? Number(host.read("/run/reloads")) : 0);
  const listRead = (): string => host.read("/run/list");
  const byHand = (script: string): void => void host.run(`PATH="$PATH:"\n${script}`, shell);

  test("is reloaded for it by the process that goes on, and not again", () => {
    succeed(wanted("a"));
    succeed(wanted("b"));
    succeed(wanted("b"));
    expect([starts(), reloads(), listRead(), leftOver()]).toEqual([1, 1, "b", []]);
  });

  test("comes with a restart where that is needed", () => {
    succeed(wanted("a"));
    succeed(wanted("b", { config: "two" }));
    expect([starts(), reloads(), listRead(), read()]).toEqual([2, 0, "b", "unittwo"]);
  });

  test("that makes it sick is put back and read again, without a restart", () => {
    succeed(wanted("a"));
    const { status, stderr } = apply(wanted("sick"));
    expect([status, starts(), reloads(), listRead(), leftOver()]).toEqual([10, 1, 2, "a", []]);
    expect(stderr).toContain("the version before was put back and app.service runs with it");
  });

  test("that it refuses to read is put back", () => {
    succeed(wanted("a"));
    const { status, stderr } = apply(wanted("refused"));
    expect([status, starts(), listRead()]).toEqual([10, 1, "a"]);
    expect(stderr).toContain("E0101 the reason");
  });

  test("is read again where somebody has changed and reloaded it, also with the right file put back", () => {
    succeed(wanted("a"));
    host.file(list, "edited");
    byHand("systemctl reload app.service");
    succeed(wanted("a"));
    expect([starts(), listRead()]).toEqual([1, "a"]);
  });

  test("is asked of the process where a run was cut off before the reload", () => {
    succeed(wanted("a"));
    // As after the swap: the file is there, and what the process has read is another one.
    host.file(list, "b");
    succeed(wanted("b"));
    expect([starts(), reloads(), listRead()]).toEqual([1, 1, "b"]);
  });

  test("is no reason for a process that is younger than the file", () => {
    succeed(wanted("a"));
    byHand("systemctl restart app.service; echo 9999999999 >/run/started");
    succeed(wanted("a"));
    expect([starts(), reloads()]).toEqual([2, 0]);
  });

  test("has no fault looked for before: what has yet to be read may look like one", () => {
    const look = { file: "tests/host/testdata/listLook.sh", values: { wanted: "a" } };
    succeed(wanted("a", { look }));
    const other = { file: "tests/host/testdata/listLook.sh", values: { wanted: "b" } };
    succeed(wanted("b", { look: other }));
    expect([starts(), reloads(), listRead()]).toEqual([1, 1, "b"]);
  });

  test("is restarted for a fault that is left", () => {
    succeed(wanted("a"));
    succeed(wanted("a", { look: { file: "tests/host/testdata/listLook.sh", values: { wanted: "b" } } }));
    expect([starts(), reloads()]).toEqual([2, 0]);
  });
});
