import * as fs from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";
import { findCli } from "../../../lab/pulumi/findCli";

describe("the Pulumi CLI that a lab takes", () => {
  const before = { ...process.env };
  let machine: string;
  let notes: string[];
  const report = { note: (line: string) => void notes.push(line), working: () => undefined };

  beforeEach(async () => {
    machine = await fs.mkdtemp(path.join(os.tmpdir(), "cli-"));
    notes = [];
    process.env.PULUMI_HOME = path.join(machine, "home");
    process.env.XDG_CACHE_HOME = path.join(machine, "cache");
    process.env.PATH = ["bin", "tree/node_modules/.bin"]
      .map((folder) => path.join(machine, folder))
      .concat("/usr/bin", "/bin")
      .join(path.delimiter);
  });
  afterEach(async () => {
    process.env = { ...before };
    await fs.rm(machine, { recursive: true });
  });

  /** Something that says it is the CLI of a version. */
  async function install(file: string, version: string): Promise<string> {
    const target = path.join(machine, file);
    await fs.mkdir(path.dirname(target), { recursive: true });
    await fs.writeFile(target, `#!/bin/sh\n[ "$1" = version ] && echo ${version}\n`, { mode: 0o755 });
    return target;
  }

  test("is the one on PATH, before any other", async () => {
    await install("home/versions/3.280.0/bin/pulumi", "v3.280.0");
    const command = await install("bin/pulumi", "v3.271.0");
    expect(await findCli(undefined, report)).toEqual({ command, version: "3.271.0" });
    expect(notes).toEqual([`pulumi 3.271.0: ${command}`]);
  });

  test("is the newest of Pulumi's own folders, and no launcher of a node_modules folder", async () => {
    await install("tree/node_modules/.bin/pulumi", "v3.290.0");
    await install("home/versions/3.99.0/bin/pulumi", "v3.99.0");
    const command = await install("home/versions/3.280.0/bin/pulumi", "v3.280.0");
    expect(await findCli(undefined, report)).toEqual({ command, version: "3.280.0" });
  });

  test("is none that is older than the program has been run with, nor one that does not say what it is", async () => {
    const old = await install("bin/pulumi", "v3.100.0");
    const broken = await install("home/versions/3.299.0/bin/pulumi", "");
    const command = await install("home/versions/3.280.0/bin/pulumi", "v3.280.0");
    expect(await findCli(undefined, report)).toEqual({ command, version: "3.280.0" });
    expect(notes.slice(0, 2)).toEqual([
      `${old}: passed over, it is 3.100.0, and 3.260.0 or newer is needed`,
      `${broken}: passed over, it does not say its version, and 3.260.0 or newer is needed`,
    ]);
  });

  test("is what a lab's own link on PATH leads to", async () => {
    const command = await install("mine/pulumi", "v3.274.1");
    await fs.mkdir(path.join(machine, "bin"));
    await fs.symlink(command, path.join(machine, "bin/pulumi"));
    await fs.mkdir(path.join(machine, "home"));
    await fs.writeFile(path.join(machine, "home/made-by-lab"), "");
    expect(await findCli(undefined, report)).toMatchObject({ command });
  });

  test("is called by the link on PATH where that is nobody's of ours: what is behind may go by its name", async () => {
    await install("shims/manager", "v3.274.1");
    await fs.mkdir(path.join(machine, "bin"));
    const command = path.join(machine, "bin/pulumi");
    await fs.symlink(path.join(machine, "shims/manager"), command);
    expect(await findCli(undefined, report)).toMatchObject({ command });
  });

  test("is asked for its version in a home that is not the person's", async () => {
    await install("bin/pulumi", "v3.274.1; mkdir -p $PULUMI_HOME/logs");
    await findCli(undefined, report);
    await expect(fs.readdir(path.join(machine, "home"))).rejects.toThrow("ENOENT");
    expect(await fs.readdir(path.join(machine, "cache/kubernetes-worker-nodes/pulumi"))).toEqual(["logs"]);
  });

  test("comes from the folder of binaries that the person names, before all others", async () => {
    await install("bin/pulumi", "v3.280.0");
    const command = await install("mine/pulumi", "v3.274.1");
    expect(await findCli(path.join(machine, "mine"), report)).toMatchObject({ command });
  });
});
