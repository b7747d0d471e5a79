import { shells } from "../support/sandbox";
import type { Sandbox } from "../support/sandbox";
import { applyScript, serviceHost } from "../support/serviceHost";
import type { Wanted } from "../support/serviceHost";

describe.each(shells)("the end of a service's change under %s", (_name, shell) => {
  let host: Sandbox;
  beforeEach(() => {
    host = serviceHost();
  });
  afterEach(() => host.remove());

  const apply = (wanted: Wanted) => host.run(applyScript(wanted), shell);
  function succeed(wanted: Wanted): void {
    expect(apply(wanted)).toMatchObject({ status: 0, stderr: "" });
  }
  const starts = (): number => (host.has("/run/starts") ? Number(host.read("/run/starts")) : 0);
  const read = (): string => host.read("/run/read");
  /** Files of ours and beside ours that are not the service's own. */
  const leftOver = (): string[] =>
    [...host.list("/etc/app"), ...host.list("/etc/systemd/system")].filter((name) => name.startsWith("."));

  test("tells when its process was started, by the clock of the host", () => {
    const started = (config: string): number => Number(/^started\|(\d+)$/m.exec(apply({ config }).stdout)?.[1]);
    // The sandbox is up for 100 s, and its processes start in the first hundredths of them.
    const boot = Date.now() - 100_000;
    expect(started("one")).toBeGreaterThan(boot - 1000);
    expect(started("one")).toBeLessThan(boot + 5000);
  });

  test("takes away what versions before have left once the new one has held, and again where that failed", () => {
    const tidy = { file: "tests/host/testdata/tidy.sh", values: {} };
    succeed({ config: "one", tidy });
    host.file("/run/untidy", "");
    const { status, stderr } = apply({ config: "two", tidy });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: "it stays\nwhat app.service has left from before could not all be taken away, see above\n",
    });
    expect([read(), leftOver()]).toEqual(["unittwo", []]);
    host.delete("/run/untidy");
    succeed({ config: "two", tidy });
    expect([starts(), host.read("/run/tidied")]).toEqual([2, "unitone\nunittwo\n"]);
    expect(apply({ config: "sick", tidy }).status).toBe(10);
    expect(host.read("/run/tidied")).toBe("unitone\nunittwo\n");
  });
});
