import { execFileSync } from "node:child_process";
import { rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { remoteScript } from "../../host/remoteScript";
import { installScript, programAt, sha256, state } from "../support/binariesHost";
import { temporaryDirectory } from "../support/localShell";
import { Sandbox, shells } from "../support/sandbox";
import { applyScript, configPath, serviceHost, unitPath } from "../support/serviceHost";

const known = [unitPath, configPath];
const removeScript = remoteScript({ name: "binaries", file: "remove", values: { known: [], made: [] } });

describe.each(shells)("versions of a binary under %s", (_name, shell = "") => {
  let host: Sandbox;
  beforeEach(() => (host = bareHost()));
  afterEach(() => host.remove());

  function bareHost(): Sandbox {
    return serviceHost().directory("/opt");
  }
  const unitOf = (path: string): string => `[Service]\nExecStart=${host.inside(path)} \\\n  --flag\n`;
  function startScript(version: string, config = "well"): string {
    const program = { path: programAt(version), sha256: sha256(version) };
    return applyScript({ config, unit: unitOf(program.path), program, known });
  }
  function stage(version: string): void {
    host.file(`${state}/binaries.staged/${sha256(version)}`, version, 0o755);
  }
  function succeed(script: string): void {
    expect(host.run(script, shell)).toMatchObject({ status: 0, stderr: "" });
  }
  function install(version: string, more?: Parameters<typeof installScript>[1]): void {
    stage(version);
    succeed(installScript(version, more));
  }
  const versions = (): string[] => (host.has("/opt/app/bin") ? host.list("/opt/app/bin") : []);
  const listed = (): string[] =>
    host.read(`${state}/binaries.owned`).match(/(?<=\/opt\/app\/bin\/)\S+(?=\/app)/g) ?? [];
  const started = (): string => /bin\/(\S+)\/app/.exec(host.read("/run/read"))?.[1] ?? "";

  test("are side by side until the new one has held, then the one before goes", () => {
    install("1");
    succeed(startScript("1"));
    install("2");
    expect([versions(), started()]).toEqual([["1", "2"], "1"]);
    succeed(startScript("2"));
    expect([versions(), listed(), started()]).toEqual([["2"], ["2"], "2"]);
    expect(host.list(state).filter((name) => name.startsWith("binaries"))).toEqual([
      "binaries.digests",
      "binaries.owned",
    ]);
  });

  test("go the way back where the new one does not hold, which goes when it is not wanted any more", () => {
    install("1");
    succeed(startScript("1"));
    install("2");
    const { status, stderr } = host.run(startScript("2", "sick"), shell);
    expect([status, versions(), started()]).toEqual([10, ["1", "2"], "1"]);
    expect(stderr).toContain("the version before was put back and app.service runs with it");
    succeed(installScript("1"));
    expect([versions(), listed()]).toEqual([["1"], ["1"]]);
    succeed(startScript("1"));
    expect(versions()).toEqual(["1"]);
  });

  test("that are wanted again are not taken away", () => {
    install("1");
    succeed(startScript("1"));
    install("2");
    succeed(installScript("1"));
    host.run(`PATH="$PATH:"\nrm ${unitPath}`, shell);
    succeed(applyScript({ config: "well", unit: "another unit" }));
    expect(versions()).toEqual(["1"]);
  });

  test("get the label of their place where the host has SELinux, before they are there", () => {
    host.command("restorecon", '[ -e /opt/app/bin/1/app ] || echo "$*" >/run/labelled');
    install("1");
    expect(host.read("/run/labelled")).toBe("/opt/app/bin/1/.app.new\n");
  });

  test("stay while a drop-in of the unit starts them, under which nothing is started", () => {
    install("1");
    succeed(startScript("1"));
    host.file(
      "/etc/systemd/system/app.service.d/theirs.conf",
      `[Service]\nExecStart=\nExecStart=${programAt("1")} -v\n`,
    );
    install("2");
    expect(host.run(startScript("2"), shell).status).toBe(10);
    expect([versions(), started()]).toEqual([["1", "2"], "1"]);
  });

  test("that are not there, or were changed, are started by no change, which leaves the host as it was", () => {
    install("1");
    succeed(startScript("1"));
    const { status, stderr } = host.run(startScript("2"), shell);
    expect([status, started()]).toEqual([10, "1"]);
    expect(stderr).toContain(`${programAt("2")} is not the binary that was put there; run: pulumi up --refresh`);
  });

  test("have their digest made again by who starts them only where anything has changed the file", () => {
    install("1");
    host.before("sha256sum", '[ "$(stat -Lc %s /dev/fd/0)" != 1 ] || echo made >>/run/digests');
    const path = host.inside(programAt("1"));
    const made = (): boolean => host.has("/run/digests");
    expect([host.run(startScript("1"), shell).status, made()]).toEqual([0, false]);
    const { atime, mtime } = statSync(path);
    writeFileSync(path, "2");
    utimesSync(path, atime, mtime);
    expect([host.run(startScript("1"), shell).status, made()]).toEqual([10, true]);
  });

  test("that were put right are started again where the process may have read another one, else not", () => {
    install("1");
    succeed(startScript("1"));
    const starts = (): string => host.read("/run/starts").trim();
    const spoil = (): void => void host.file(programAt("1"), "spoiled", 0o755);
    spoil();
    install("1");
    succeed(startScript("1"));
    expect(starts()).toBe("1");
    spoil();
    host.run(`PATH="$PATH:"\nsystemctl restart app.service`, shell);
    install("1");
    succeed(startScript("1"));
    expect([starts(), host.read(programAt("1"))]).toEqual(["3", "1"]);
  });

  // What writes, and grep, which goes before each line of a list: between others of these nothing changes.
  const tools = "mv ln rm cp chmod chown mkdir rmdir systemctl grep".split(" ");
  const countdown = `read -r left </run/left; left=$((left - 1)); echo "$left" >/run/left; [ "$left" -ne 0 ] || kill -9 0`;
  test.each([
    ["brings it", (): string => installScript("2")],
    ["starts it", (): string => startScript("2")],
  ])("are right after a change that %s was killed between any two commands", (_what, script) => {
    // The shells share the moments: what is killed is the same.
    const [first, step] = [1 + shells.findIndex(([, path]) => path === shell), shells.length];
    for (let moment = first, cut = true; cut; moment += step) {
      host.remove();
      host = bareHost();
      install("1");
      succeed(startScript("1"));
      stage("2");
      if (script() !== installScript("2")) succeed(installScript("2"));
      host.file("/run/left", String(moment));
      cut = host.runKilled(script(), shell, tools, countdown);
      if (!host.has(programAt("2"))) stage("2");
      succeed(installScript("2"));
      succeed(startScript("2"));
      expect({ moment, versions: versions(), listed: listed(), started: started() }).toEqual({
        ...{ moment, versions: ["2"], listed: ["2"], started: "2" },
      });
      succeed(removeScript);
      expect(host.list("/opt")).toEqual([]);
    }
  });

  test("are removed with all that was staged, and nothing else", () => {
    host.file("/opt/app/theirs", "");
    install("1");
    succeed(startScript("1"));
    install("2");
    stage("3");
    succeed(removeScript);
    expect([host.list("/opt/app"), host.list(state).filter((name) => name.startsWith("binaries"))]).toEqual([
      ["theirs"],
      [],
    ]);
  });

  test("of before, which the service itself had at one path, give way to the first at a path of its own", () => {
    const path = "/opt/app/bin/app";
    succeed(applyScript({ config: "well", unit: unitOf(path), more: { [path]: { content: "0" } } }));
    install("1");
    const unit = unitOf(programAt("1"));
    const program = { path: programAt("1"), sha256: sha256("1") };
    const before = { known: [...known, path], dropped: [path] };
    expect(host.run(applyScript({ config: "sick", unit, program, ...before }), shell).status).toBe(10);
    expect([versions(), started() === "1"]).toEqual([["1", "app"], false]);
    succeed(applyScript({ config: "well", unit, program, ...before }));
    expect(versions()).toEqual(["1"]);
    // The service has made the directories.
    succeed(remoteScript({ name: "app.service", file: "remove", values: { known: [], made: [] } }));
    succeed(removeScript);
    expect(host.list("/opt")).toEqual([]);
  });

  describe("beside an archive's members", () => {
    const directory = "/opt/plugins";
    const plugins = (members: string[]): Parameters<typeof installScript>[1] => ({
      ...{ directory, members, archive: "a".repeat(64), fingerprint: members.join() },
    });
    function stageArchive(): void {
      const folder = temporaryDirectory();
      for (const name of ["one", "two"]) writeFileSync(join(folder, name), name);
      host.directory(`${state}/binaries.staged`);
      const archive = host.inside(`${state}/binaries.staged/${"a".repeat(64)}`);
      execFileSync("tar", ["-czf", archive, "-C", folder, "one", "two"]);
      rmSync(folder, { recursive: true });
    }

    test("are installed, and the archive is needed again for other members only", () => {
      stageArchive();
      install("1", plugins(["one"]));
      expect([host.list(directory), host.mode(`${directory}/one`)]).toEqual([["one"], 0o755]);
      succeed(installScript("1", plugins(["one"])));
      const { status, stderr } = host.run(installScript("1", plugins(["one", "two"])), shell);
      expect([status, stderr]).toEqual([1, expect.stringContaining("the archive is not staged any more")]);
      stageArchive();
      succeed(installScript("1", plugins(["one", "two"])));
      expect(host.list(directory)).toEqual(["one", "two"]);
    });

    test("go with the service that ends their use, and what was there before comes back", () => {
      host.file(`${directory}/one`, "the distribution's");
      stageArchive();
      install("1", plugins(["one", "two"]));
      succeed(installScript("1", { later: true }));
      expect(host.list(directory)).toEqual(["one", "two"]);
      succeed(startScript("1"));
      expect([host.list(directory), host.read(`${directory}/one`)]).toEqual([["one"], "the distribution's"]);
      succeed(removeScript);
      expect(host.read(`${directory}/one`)).toBe("the distribution's");
    });

    test("are taken over from a set of another name, with its list", () => {
      stageArchive();
      install("1", plugins(["one"]));
      const moved = ["owned", "archive", "sums"].map((kind) => `mv ${state}/binaries.${kind} ${state}/plugins.${kind}`);
      host.run(`PATH="$PATH:"\n${moved.join("\n")}`, shell);
      stageArchive();
      succeed(installScript("1", { ...plugins(["one"]), former: "plugins" }));
      expect(host.list(state).filter((name) => name.startsWith("plugins"))).toEqual([]);
      succeed(removeScript);
      expect([host.list("/opt"), host.has(state)]).toEqual([[], false]);
    });
  });
});
