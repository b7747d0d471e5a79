import { shells } from "../support/sandbox";
import type { Sandbox } from "../support/sandbox";
import { ServiceScene } from "../support/serviceHost";

describe.each(shells)("the end of a service's change under %s", (_name, shell) => {
  const scene = new ServiceScene(shell);
  const { apply, succeed, starts, read, leftOver } = scene;
  let host: Sandbox;
  beforeEach(() => (host = scene.host));

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
