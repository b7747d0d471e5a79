import type { Sandbox, ScriptResult } from "../support/sandbox";
import { shells } from "../support/sandbox";
import { applyScript, configPath, serviceHost, type Wanted } from "../support/serviceHost";

describe.each(shells)("the change of a service with drop-ins under %s", (_name, shell) => {
  let host: Sandbox;
  beforeEach(() => {
    host = serviceHost();
  });
  afterEach(() => host.remove());

  const apply = (wanted: Wanted): ScriptResult => host.run(applyScript(wanted), shell);

  // Row 6 of the faults.
  test("is refused under one that would run another program, by its name, and changes nothing", () => {
    const dropIn = "/usr/lib/systemd/system/app.service.d/10-kubeadm.conf";
    expect(apply({ config: "one" }).status).toBe(0);
    host.file(dropIn, "[Service]\nExecStart=\nExecStart=/usr/bin/app\n");
    const { status, stderr } = apply({ config: "two" });
    const beside = host.list("/etc/app").filter((name) => name.startsWith("."));
    expect([status, host.read("/run/starts"), host.read(configPath), beside]).toEqual([10, "1\n", "one", []]);
    expect(stderr).toBe(
      `${dropIn} replaces ExecStart of app.service; remove it, or mask it: ` +
        "ln -s /dev/null /etc/systemd/system/app.service.d/10-kubeadm.conf; nothing was changed\n",
    );
    host.link("/etc/systemd/system/app.service.d/10-kubeadm.conf", "/dev/null");
    expect(apply({ config: "two" })).toMatchObject({ status: 0, stderr: "" });
  });

  test("leaves those of a unit that the host brought to it", () => {
    host.file("/usr/lib/systemd/system/app.service.d/theirs.conf", "[Service]\nExecStart=\nExecStart=/usr/bin/app\n");
    expect(apply({ config: "one", ours: false })).toMatchObject({ status: 0, stderr: "" });
  });
});
