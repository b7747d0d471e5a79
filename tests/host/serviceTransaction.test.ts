import { lstatSync, statSync, symlinkSync, utimesSync } from "node:fs";
import { Sandbox, shells } from "../support/sandbox";
import { applyScript, configPath, removeScript, unitPath, ServiceScene, type Wanted } from "../support/serviceHost";

const state = "/var/lib/kubernetes-worker-nodes";
const second = "/etc/app/second";

describe.each(shells)("the transaction of a service under %s", (_name, shell) => {
  const scene = new ServiceScene(shell);
  const { apply, succeed, starts, read, leftOver } = scene;
  let host: Sandbox;
  beforeEach(() => (host = scene.host));

  test("starts a service once, and an unchanged one never again", () => {
    succeed({ config: "one" });
    succeed({ config: "one" });
    expect([starts(), read()]).toEqual([1, "unitone"]);
  });

  test("restarts for a changed file, and leaves nothing beside", () => {
    succeed({ config: "one" });
    succeed({ config: "two" });
    expect([starts(), read(), leftOver()]).toEqual([2, "unittwo", []]);
  });

  describe("asks the process what it has read", () => {
    const asIfBefore = (path: string): void => {
      const past = new Date(Date.now() - 3_600_000);
      utimesSync(host.inside(path), past, past);
    };

    // Row 12 of the faults.
    test("so that a file that was edited, with a restart by hand, is put back and read again", () => {
      succeed({ config: "one" });
      host.file(configPath, "edited", 0o600);
      host.run(`PATH="$PATH:"\nsystemctl restart app.service`, shell);
      expect(read()).toBe("unitedited");
      succeed({ config: "one" });
      expect([starts(), read()]).toEqual([3, "unitone"]);
    });

    test("also where somebody has put the right file back without a restart, with an old date", () => {
      succeed({ config: "one" });
      host.file(configPath, "edited", 0o600);
      host.run(`PATH="$PATH:"\nsystemctl restart app.service`, shell);
      host.file(configPath, "one", 0o600);
      asIfBefore(configPath);
      succeed({ config: "one" });
      expect([starts(), read()]).toEqual([3, "unitone"]);
    });

    test("and one that was only restarted, as by a reboot, is left alone", () => {
      succeed({ config: "one" });
      const later = `PATH="$PATH:"\nsystemctl restart app.service; echo 9999999999 >/run/started`;
      host.run(later, shell);
      succeed({ config: "one" });
      expect(starts()).toBe(2);
    });

    test("and a mode that was put right is no reason", () => {
      succeed({ config: "one" });
      host.run(`PATH="$PATH:"\nchmod 0644 ${configPath}`, shell);
      succeed({ config: "one" });
      expect([starts(), statSync(host.inside(configPath)).mode & 0o777]).toEqual([1, 0o600]);
    });

    test("and a unit that systemd has not read is one", () => {
      succeed({ config: "one" });
      host.run(`PATH="$PATH:"\nsystemctl restart app.service`, shell);
      host.file("/run/reload", "yes");
      succeed({ config: "one" });
      expect(starts()).toBe(3);
    });
  });

  describe("that does not hold", () => {
    test("ends as before: status 10, the reason first, the version before runs", () => {
      succeed({ config: "one" });
      const { status, stderr } = apply({ config: "sick" });
      expect([status, host.read(configPath), read(), leftOver()]).toEqual([10, "one", "unitone", []]);
      expect(stderr).toMatch(
        /^app: is not healthy: it read sick\n[^]*the version before was put back and app.service runs with it\n$/,
      );
    });

    // Row 13.
    test("brings files back that the change dropped", () => {
      const more = { [second]: { content: "second" } };
      succeed({ config: "one", more });
      expect(apply({ config: "sick", dropped: [second], known: [unitPath, configPath, second] }).status).toBe(10);
      expect([host.read(second), read()]).toEqual(["second", "unitonesecond"]);
      succeed({ config: "one", dropped: [second], known: [unitPath, configPath, second] });
      expect([host.has(second), read(), leftOver()]).toEqual([false, "unitone", []]);
    });

    test("of a first version leaves a host as it was", () => {
      host.file(configPath, "the admin's");
      const { status, stderr } = apply({ config: "sick" });
      expect(status).toBe(10);
      expect(stderr).toContain("there was no version before; app.service was stopped and its files taken away");
      expect([host.read(configPath), host.has(unitPath), host.has(state)]).toEqual(["the admin's", false, false]);
      expect(host.read("/run/cleaned")).toBe("cleaned\n");
    });

    test("and cannot be taken back says so with another status", () => {
      succeed({ config: "one" });
      host.command("systemctl", `case $1 in restart) exit 1 ;; is-active) echo failed ;; esac`);
      const { status, stderr } = apply({ config: "two" });
      expect(status).toBe(1);
      expect(stderr).toMatch(/^E0101 the reason\n[^]*does not become healthy with it either\n$/);
    });
  });

  // Row 14: an immutable file, a full disk.
  test.each(["mv", "ln", "base64", "chmod"])("where %s fails half-way, the host is as before", (tool) => {
    succeed({ config: "one", more: { [second]: { content: "a" } } });
    host.before(tool, `case "$*" in *second*) exit 1 ;; esac\n[ "${tool}" != base64 ] || exit 1`);
    const { status } = apply({ config: "two", more: { [second]: { content: "b" } } });
    host.before(tool, "");
    expect([status, host.read(configPath), host.read(second), leftOver()]).toEqual([10, "one", "a", []]);
    succeed({ config: "one", more: { [second]: { content: "a" } } });
    expect(read()).toBe("unitonea");
  });

  test("killed between any two commands is ended by the next one, whatever that wants, and also where that does not hold", () => {
    const killed = "mv ln rm cp chmod chown mkdir base64 sync stat grep sed systemctl sha256sum cat dirname".split(" ");
    const countdown = `read -r left </run/left; left=$((left - 1)); echo "$left" >/run/left; [ "$left" -ne 0 ] || kill -9 0`;
    const known = [unitPath, configPath, second];
    const next = ["sick", "two", "sick", "one", "sick", "three"];
    for (let moment = 1, cut = true; cut; moment++) {
      host = scene.anew();
      succeed({ config: "one", more: { [second]: { content: "x" } } });
      host.file("/run/left", String(moment));
      cut = host.runKilled(applyScript({ config: "two", dropped: [second], known }), shell, killed, countdown);
      const config = next[moment % next.length] ?? "";
      const { status } = apply({ config, dropped: [second], known });
      const files = [host.read(configPath), host.has(second)];
      const before = [
        ["one", true],
        ["two", false],
      ];
      if (config === "sick") expect(before).toContainEqual(files);
      else expect(files).toEqual([config, false]);
      const isRead = `unit${files[0]}${files[1] === true ? "x" : ""}`;
      expect({ moment, status, read: read(), beside: leftOver() }).toEqual({
        ...{ moment, status: config === "sick" ? 10 : 0, read: isRead, beside: [] },
      });
    }
  });

  // Row 4.
  test("adjusts what the service wrote itself, restarts for it, and takes it back with the rest", () => {
    const adjust = (wanted: string): Partial<Wanted> => ({
      adjust: { file: "tests/host/testdata/adjust.sh", values: { wanted } },
      adjusts: ["/etc/app/own.conf"],
    });
    succeed({ config: "one", ...adjust("old") });
    host.file("/etc/app/own.conf", "old\n");
    succeed({ config: "one", ...adjust("old") });
    expect(starts()).toBe(1);
    expect(apply({ config: "sick", ...adjust("new") }).status).toBe(10);
    expect(host.read("/etc/app/own.conf")).toBe("old\n");
    succeed({ config: "one", ...adjust("new") });
    expect([host.read("/etc/app/own.conf"), leftOver()]).toEqual(["new\n", []]);
  });

  describe("removal", () => {
    const known = [unitPath, configPath];

    // Row 15.
    test("takes away what the program knows of, where the list is lost and the content another", () => {
      succeed({ config: "token one" });
      host.run(`PATH="$PATH:"\nrm ${state}/app.service.owned`, shell);
      succeed({ config: "token two", known });
      host.run(`PATH="$PATH:"\nrm ${state}/app.service.owned`, shell);
      expect(host.run(removeScript(known), shell)).toMatchObject({ status: 0, stderr: "" });
      expect([host.has(configPath), host.has(unitPath)]).toEqual([false, false]);
    });

    test("takes staged files of a create that failed", () => {
      host.before("chmod", "exit 1");
      expect(apply({ config: "secret" }).status).toBe(10);
      host.before("chmod", "");
      expect(host.has("/etc/app/.config.new")).toBe(false);
    });

    test("fails loudly where a file stays, and removes all others", () => {
      succeed({ config: "one" });
      const others = `for path; do shift; [ "$path" = ${configPath} ] || set -- "$@" "$path"; done`;
      host.before("rm", others);
      const { status, stderr } = host.run(removeScript(known), shell);
      expect(status).toBe(1);
      expect(stderr).toContain(`cannot remove ${configPath}; are they immutable (lsattr)`);
      expect(host.has(unitPath)).toBe(false);
    });

    test("gives a file back that was there before with the same content", () => {
      host.file(configPath, "one", 0o640);
      succeed({ config: "one" });
      expect(host.run(removeScript(known), shell)).toMatchObject({ status: 0, stderr: "" });
      expect([host.read(configPath), statSync(host.inside(configPath)).mode & 0o777]).toEqual(["one", 0o640]);
    });

    test("fails where the unit goes on running", () => {
      succeed({ config: "one" });
      host.command("systemctl", "case $1 in is-active) echo active ;; esac");
      const { status, stderr } = host.run(removeScript(known), shell);
      expect([status, stderr]).toEqual([1, "app.service does not stop; see: systemctl status app.service\n"]);
    });

    // Row 16.
    test("gives a masked unit back as the link that it was", () => {
      host.directory("/etc/systemd/system");
      symlinkSync("/dev/null", host.inside(unitPath));
      succeed({ config: "one" });
      host.run(removeScript(known), shell);
      expect(lstatSync(host.inside(unitPath)).isSymbolicLink()).toBe(true);
    });
  });
});
