import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { without } from "../../base/without";
import type { Lab, LabHostAccess } from "../../lab/lab";
import { runEnvironment } from "../../lab/pulumi/environment";
import { openTestLab } from "../support/labOfTests";
import { Stack } from "../support/stack";

const main = join(__dirname, "../../dist/cli/main.js");

describe("npx kubernetes-worker-nodes init", () => {
  let lab: Lab;
  let folder: string;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    lab = await openTestLab();
    folder = mkdtempSync(join(tmpdir(), "init-"));
    copyFileSync(join(lab.files.pulumi, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
    mkdirSync(join(folder, "state"));
    const ofLab = without(runEnvironment(lab.files), ["PULUMI_STACK"]);
    env = {
      ...process.env,
      ...ofLab,
      PULUMI_BACKEND_URL: `file://${folder}/state`,
      SSH_AUTH_SOCK: "",
      HOME: folder,
      KUBECONFIG: "",
    };
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const init = (...args: string[]) =>
    spawnSync("node", [main, "init", ...args], { cwd: folder, env, encoding: "utf8", input: "", timeout: 120_000 });
  const pulumi = (...args: string[]) =>
    spawnSync("pulumi", args, { cwd: folder, env, encoding: "utf8", timeout: 240_000 });

  /** The same on a terminal, where a person answers: what is shown, and the status. */
  async function initOnTerminal(args: string[], answers: [question: string, answer: string][]): Promise<string> {
    const command = ["node", main, "init", ...args].join(" ");
    const person = spawn("script", ["-qefc", command, "/dev/null"], { cwd: folder, env, timeout: 120_000 });
    let shown = "";
    let answered = 0;
    person.stdout.on("data", (chunk: Buffer) => {
      shown += chunk.toString();
      // eslint-disable-next-line no-control-regex
      const asked = shown.slice(answered).replace(/\x1b\[[0-9;]*[A-Za-z]/g, "");
      const [, answer] = answers.find(([question]) => asked.includes(question)) ?? [];
      if (answer === undefined) return;
      answered = shown.length;
      person.stdin.write(`${answer}\n`);
    });
    const status = await new Promise<number | null>((resolve) => person.on("close", resolve));
    return `${status} ${shown}`;
  }

  test("without a terminal names everything that it could not find, and writes nothing", () => {
    const { status, stderr } = init("--yes");
    expect(status).toBe(1);
    for (const option of ["--stack NAME", "--kubeconfig FILE", "--ca-key FILE", "--host NAME=ADDRESS"])
      expect(stderr).toContain(`  ${option}: `);
    expect(stderr).toContain("Nothing was written.");
    expect(pulumi("stack", "ls", "--json").stdout.trim()).toBe("[]");
  });

  test("writes a stack that previews, with what it found and nothing secret in clear", async () => {
    const stack = await Stack.open(lab);
    stack.configure();
    const { amd64 } = stack.setting("binaries") as { amd64: Record<string, { source: string; sha256: string }> };
    mkdirSync(join(folder, "bin"));
    for (const { source } of Object.values(amd64))
      symlinkSync(source, join(folder, "bin", source.split("/").at(-1) ?? ""));
    const options = [
      ...["--stack", "racks", "--kubeconfig", lab.kubeconfigPath, "--ca-key", join(lab.files.pki, "ca.key")],
      ...["--cluster-cidr", String(stack.setting("clusterCIDR")), "--cluster-dns", String(stack.setting("clusterDNS"))],
      ...["--ssh-key", lab.files.sshKey, "--binaries", "bin", "--accept-host-keys"],
      ...lab.hosts.flatMap(({ name, address }) => ["--host", `${name}=${address}`]),
    ];
    const { status, stderr, stdout } = init(...options);
    expect(`${status} ${stderr}`).toMatch(/^0 /);
    expect(stderr).not.toContain("does not answer");
    expect(stderr).toMatch(/node-1 +\S+ +ssh-ed25519 SHA256:/);
    expect(stdout).toContain("pulumi preview --stack racks");
    const text = readFileSync(join(folder, "Pulumi.racks.yaml"), "utf8");
    for (const key of ["kubeconfig", "caPrivateKeyPem", "bootstrapToken", "sshPrivateKey"])
      expect(text).toMatch(new RegExp(`kubernetes-worker-nodes:${key}:\\n +secure: v1:`));
    const hosts = stack.setting("hosts") as { hostKey: string }[];
    for (const { hostKey } of hosts) expect(text).toContain(hostKey);
    for (const { sha256 } of Object.values(amd64)) expect(text).toContain(sha256);

    const preview = pulumi("preview", "--non-interactive", "--stack", "racks");
    expect(`${preview.status} ${preview.stderr}${preview.stdout}`).toMatch(/^0 [^]*\+ \d+ to create/);
    // What is set stays: another token would lock out whoever has the first.
    expect(init(...options).stderr).toMatch(/left as they are in the stack: .*bootstrapToken/);
    expect(readFileSync(join(folder, "Pulumi.racks.yaml"), "utf8")).toBe(text);
  });

  test("asks on a terminal for what it cannot find, and for each host's key", async () => {
    const [{ name, address }] = lab.hosts as [LabHostAccess];
    const found = ["--kubeconfig", lab.kubeconfigPath, "--ssh-key", lab.files.sshKey, "--binaries", "bin"];
    const answers: [string, string][] = [
      ["name of the stack:", "asked"],
      ["private key, which signs kube-proxy's certificate:", join(lab.files.pki, "ca.key")],
      ["hosts, as NAME=ADDRESS", `${name}=${address}`],
      ["range of all pods", "10.96.0.0/16"],
      ["address of the cluster's DNS Service", "10.1.0.10"],
      ["[y/N]", "y"],
    ];
    const shown = await initOnTerminal(found, answers);
    expect(shown).toMatch(/^0 [^]*pulumi preview --stack asked/);
    const text = readFileSync(join(folder, "Pulumi.asked.yaml"), "utf8");
    expect(text).toContain(address);
    expect(await initOnTerminal([...found, "--stack", "other"], [...answers.slice(1, -1), ["[y/N]", "n"]])).toMatch(
      /^1 /,
    );
    expect(pulumi("stack", "ls", "--json").stdout).not.toContain("other");
  });
});
