import * as fs from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";
import { run } from "../../lab/machine/command";
import { type LabFiles, filesOf } from "../../lab/plan/layout";
import { pulumiEnvironment } from "../../lab/pulumi/environment";
import { namespace } from "../../lab/pulumi/namespace";
import { ensureStack } from "../../lab/pulumi/stackConfig";
import { openTestLab } from "../support/labOfTests";

describe("the stack of a lab", () => {
  let files: LabFiles;
  const token = "abcdef.0123456789abcdef";

  beforeAll(async () => {
    const lab = await openTestLab();
    files = filesOf(await fs.mkdtemp(path.join(os.tmpdir(), "stack-")));
    await fs.mkdir(files.pulumi);
    for (const name of ["bin", "home"]) {
      await fs.symlink(path.join(lab.files.pulumi, name), path.join(files.pulumi, name));
    }
    await fs.writeFile(files.passphrase, "phrase\n");
  });
  afterAll(() => fs.rm(files.directory, { recursive: true }));

  const write = async (secrets: Record<string, string>): Promise<string> => {
    const named = Object.fromEntries(Object.entries(secrets).map(([key, value]) => [`${namespace}:${key}`, value]));
    await ensureStack(files, { [`${namespace}:clusterCIDR`]: "10.2.0.0/16" }, named);
    return fs.readFile(files.stackConfig, "utf8");
  };
  const pulumi = (...args: string[]): Promise<string> =>
    run("pulumi", args, { cwd: files.pulumi, env: pulumiEnvironment(files) });

  test("is open to the CLI by the passphrase, and its secrets are nowhere in clear", async () => {
    const text = await write({ bootstrapToken: token, other: "two" });
    expect(text).not.toContain(token);
    expect(await pulumi("config", "get", "clusterCIDR")).toBe("10.2.0.0/16\n");
    expect(await pulumi("config", "get", "bootstrapToken")).toBe(`${token}\n`);
    // Also where the links lead that this lab has of the other one; grep ends with 1 where it has found nothing.
    const search = run("grep", ["-RF", "-D", "skip", token, files.directory]);
    await expect(search).rejects.toThrow(/: exit code 1$/m);
  });

  test("keeps every byte when the same settings are written again; a changed secret changes only itself", async () => {
    // As keys and kubeconfigs end.
    const first = await write({ bootstrapToken: token, other: "two\n" });
    expect(await write({ bootstrapToken: token, other: "two\n" })).toBe(first);
    const changed = (await write({ bootstrapToken: token, other: "three\n" })).split("\n");
    expect(first.split("\n").filter((line) => !changed.includes(line))).toHaveLength(1);
  });

  test("takes what is committed and leaves the working tree alone", async () => {
    const committed = await fs.readFile(path.join(__dirname, "../../Pulumi.dev.yaml"), "utf8");
    await write({ bootstrapToken: token });
    expect(await fs.readFile(path.join(__dirname, "../../Pulumi.dev.yaml"), "utf8")).toBe(committed);
    expect(await pulumi("config")).toContain("kubeletConfiguration");
  });
});
