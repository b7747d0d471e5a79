import * as fs from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";
import { devDependencies } from "../../../package.json";
import { type LabFiles, filesOf } from "../../../lab/plan/layout";
import { installCli, installPlugins } from "../../../lab/pulumi/plugins";

/** Folder of a package's plugin in a PULUMI_HOME. */
const folder = (name: "command" | "kubernetes" | "tls"): string =>
  `resource-${name}-v${devDependencies[`@pulumi/${name}`]}`;

describe("the plugins of a lab", () => {
  const before = { ...process.env };
  let machine: string;
  let files: LabFiles;
  let command: string;
  let notes: string[];
  const report = { note: (line: string) => void notes.push(line), working: () => undefined };

  beforeEach(async () => {
    machine = await fs.mkdtemp(path.join(os.tmpdir(), "plugins-"));
    notes = [];
    files = filesOf(path.join(machine, "lab"));
    process.env.PULUMI_HOME = path.join(machine, "person/.pulumi");
    process.env.XDG_CACHE_HOME = path.join(machine, "cache");
    process.env.PATH = [path.join(machine, "bin"), "/usr/bin", "/bin"].join(path.delimiter);
    // Downloads one plugin only, into the PULUMI_HOME it is given.
    command = await executable(
      "cli/pulumi",
      `[ "$6" = --exact ] || exit 3
       if [ "$4" = tls ]; then d=$PULUMI_HOME/plugins/resource-tls-v$5; mkdir -p "$d"; echo tls >"$d/pulumi-resource-tls"
       else echo "error: no such host" >&2; exit 1; fi`,
    );
  });
  afterEach(async () => {
    process.env = { ...before };
    await fs.rm(machine, { recursive: true });
  });

  async function executable(file: string, script = ""): Promise<string> {
    const target = path.join(machine, file);
    await fs.mkdir(path.dirname(target), { recursive: true });
    await fs.writeFile(target, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return target;
  }

  /** Returns the packages that got a stand-in, by the notes. */
  async function install(): Promise<string[]> {
    const cli = { command, version: "3.274.1" };
    notes = [];
    await installCli(cli, files);
    await installPlugins(cli, files, report);
    return notes.flatMap((line) => /^plugin (\w+) .*: a stand-in/.exec(line)?.[1] ?? []).sort();
  }
  const plugin = (name: string): Promise<string> => {
    const file = `pulumi-${name.replace(/-v[\d.]+$/, "")}`;
    return fs.readFile(path.join(files.pulumi, "home/plugins", name, file), "utf8");
  };

  test("are the person's own, then what Pulumi publishes, then stand-ins, which are named", async () => {
    await executable(`person/.pulumi/plugins/${folder("command")}/pulumi-resource-command`, "# own");
    expect(await install()).toEqual(["kubernetes"]);
    expect(await plugin(folder("command"))).toContain("# own");
    expect(await plugin(folder("tls"))).toBe("tls\n");
    expect(await plugin(folder("kubernetes"))).toContain("dist/lab/standins/kubernetes.js");
    expect(notes.find((line) => line.startsWith("plugin kubernetes"))).toBe(
      `plugin kubernetes ${devDependencies["@pulumi/kubernetes"]}: a stand-in (error: no such host)`,
    );
    expect(await fs.readlink(path.join(files.pulumi, "bin/pulumi"))).toBe(command);
  });

  test("leave the person's own ~/.pulumi as it is", async () => {
    await install();
    await expect(fs.readdir(path.join(machine, "person"))).rejects.toThrow("ENOENT");
  });

  test("are taken anew when better ones have come", async () => {
    expect(await install()).toEqual(["command", "kubernetes"]);
    await executable(`person/.pulumi/plugins/${folder("kubernetes")}/pulumi-resource-kubernetes`, "# real");
    expect(await install()).toEqual(["command"]);
    expect(await plugin(folder("kubernetes"))).toContain("# real");
  });

  test("are stand-ins where the CLI says that it installed one, and there is none", async () => {
    await executable("cli/pulumi", "exit 0");
    expect(await install()).toEqual(["command", "kubernetes", "tls"]);
    expect(notes.join("\n")).toContain("and there is no");
  });

  test("are of the versions that the program requires: one of any version on PATH is left alone", async () => {
    await executable("bin/pulumi-resource-kubernetes", "# of some version");
    expect(await install()).toEqual(["command", "kubernetes"]);
  });

  test("are not a lab's own stand-ins, where a shell with its environment brings it up again", async () => {
    await install();
    process.env.PULUMI_HOME = path.join(files.pulumi, "home");
    expect(await install()).toEqual(["command", "kubernetes"]);
    expect(await plugin(folder("command"))).toContain("dist/lab/standins/command.js");
  });

  test("include a language host of the lab's own beside a CLI that has none", async () => {
    await install();
    expect(await plugin("language-nodejs-v3.274.1")).toContain("dist/lab/pulumi/languageHost.js");
    expect(await plugin("resource-pulumi-nodejs-v3.274.1")).toContain("@pulumi/pulumi/cmd/dynamic-provider");
    expect(notes).toContain("language host: the lab's own");
  });

  test("include the language host beside the link by which the CLI was found, and none from elsewhere", async () => {
    await executable("bin/pulumi-language-nodejs", "# of another CLI");
    await install();
    expect(notes).toContain("language host: the lab's own");
    await fs.mkdir(path.join(machine, "usr"));
    await fs.symlink(command, path.join(machine, "usr/pulumi"));
    command = path.join(machine, "usr/pulumi");
    const beside = await executable("usr/pulumi-language-nodejs", "# of this CLI");
    await install();
    expect(await plugin("language-nodejs-v3.274.1")).toContain("# of this CLI");
    expect(notes).toContain(`language host: ${beside}`);
  });

  test("include no language host beside a CLI that has one", async () => {
    await install();
    const beside = await executable("cli/pulumi-language-nodejs");
    await executable("cli/pulumi-resource-pulumi-nodejs");
    await install();
    expect(notes).toContain(`language host: ${beside}`);
    await expect(plugin("language-nodejs-v3.274.1")).rejects.toThrow("ENOENT");
    await expect(plugin("resource-pulumi-nodejs-v3.274.1")).rejects.toThrow("ENOENT");
  });
});
