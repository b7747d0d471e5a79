import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { fileTable } from "../../host/files";
import { remoteScript } from "../../host/remoteScript";
import { sha256 } from "../support/binariesHost";
import { Sandbox, shells } from "../support/sandbox";
import { applyScript, configPath, removeScript, serviceHost, unitPath } from "../support/serviceHost";

const lists = "/var/lib/kubernetes-worker-nodes";
const removal = (name: string, known: string[], made: string[]): string =>
  remoteScript({ name, file: "remove", values: { known, made } });

describe.each(shells)("directories whose list was lost under %s", (_name, shell) => {
  let host: Sandbox;
  afterEach(() => host.remove());

  /** What a script says it has made, and then its list is gone. */
  function lose(script: string): string[] {
    const { status, stdout, stderr } = host.run(script, shell);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    host.delete(lists);
    return [...stdout.matchAll(/^made\|(.*)$/gm)].map(([, path = ""]) => path);
  }
  function run(script: string): void {
    expect(host.run(script, shell)).toMatchObject({ status: 0, stderr: "" });
  }

  describe("of a service", () => {
    const known = [unitPath, configPath];
    let made: string[];
    beforeEach(() => {
      host = serviceHost();
      made = lose(applyScript({ config: "one" }));
    });

    test("go with it, by what the program knows", () => {
      expect(made).toEqual(["/etc/app"]);
      run(removeScript(known, made));
      expect([host.has("/etc/app"), host.has("/etc/systemd/system"), host.has(lists)]).toEqual([false, true, false]);
    });

    test("are in the list again after the next change", () => {
      run(applyScript({ config: "two", known, made }));
      run(removeScript([]));
      expect([host.has("/etc/app"), host.has(lists)]).toEqual([false, false]);
    });

    test("stay where others have put something into them", () => {
      host.file("/etc/app/theirs", "");
      run(removeScript(known, made));
      expect(host.list("/etc/app")).toEqual(["theirs"]);
    });
  });

  test("of a host's prerequisites go with them", () => {
    host = new Sandbox("chown cp ln sync").command("uname", "echo 6.1.0").directory("/var/lib").directory("/etc");
    const files = fileTable({ "/etc/sysctl.d/ours.conf": { content: "ours" } });
    const values = { packages: [], modules: [], sysctls: [], files, dropped: [], known: [], made: [] };
    const made = lose(remoteScript({ name: "test", file: "prerequisitesApply", values }));
    expect(made).toEqual(["/etc/sysctl.d"]);
    run(removal("test", ["/etc/sysctl.d/ours.conf"], made));
    expect([host.list("/etc"), host.list("/var/lib")]).toEqual([[], []]);
  });

  test("of binaries go with them, also where nothing had to be unpacked again", () => {
    host = new Sandbox("chown cp gzip ln sync tar").directory("/var/lib").directory("/opt");
    host.file("/opt/bridge", "plugin");
    const { stdout: archive } = spawnSync("tar", ["-cz", "-C", host.inside("/opt"), "bridge"]);
    host.delete("/opt/bridge");
    const digest = sha256(archive);
    const stage = (): void => {
      mkdirSync(host.inside(`${lists}/cni.staged`), { recursive: true });
      writeFileSync(host.inside(`${lists}/cni.staged/${digest}`), archive);
    };
    const place = { directory: "/opt/cni/bin", members: ["bridge"], programs: [], fingerprint: "one" };
    const apply = remoteScript({
      name: "cni",
      file: "binariesApply",
      values: { ...place, archive: digest, known: [], made: [], former: "", later: false },
    });
    stage();
    run(apply);
    const made = lose(apply);
    expect(made).toEqual(["/opt/cni", "/opt/cni/bin"]);
    run(removal("cni", ["/opt/cni/bin/bridge"], made));
    expect([host.list("/opt"), host.list("/var/lib")]).toEqual([[], []]);
  });
});
