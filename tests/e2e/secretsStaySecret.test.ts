import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import type { Lab } from "../../lab/lab";
import { openTestLab } from "../support/labOfTests";
import { filesWith, foundIn, searchArguments, secretsOf, traces, watchProcesses } from "../support/secrets";
import { Stack, expectSuccess } from "../support/stack";
import type { Run } from "../support/stackRun";

/** A word to be found where secrets are looked for, as proof that the search finds. */
const marker = "found-by-the-search-for-secrets";

/** Files of the lab that secrets of the stack are copies of. */
const credentials = [
  ...["credentials/bootstrap-token", "id_ed25519", "kubeconfig", "passphrase", "pki/ca.key"],
  "pki/kubernetes-admin.key",
];

/** Files on a host that hold a secret, and have to. */
const secretFiles = ["/etc/kubernetes/bootstrap-kubelet.conf", "/etc/kubernetes/kube-proxy.conf"];

describe("no secret of a stack is", () => {
  let lab: Lab;
  let stack: Stack;
  const secrets: Record<string, string> = {};
  const runs: Run[] = [];
  let commandLines: string[];
  const checkpoints: string[] = [];
  /** What each host had to say while it was a node. */
  const hosts: { host: string; files: string[]; journal: string }[] = [];
  /** For what the runs leave in files: the stack's directory, and one that is theirs for temporary files. */
  let directory: string;
  let temporary: string;

  async function keep(operation: "up" | "refresh" | "destroy"): Promise<void> {
    // Not with --debug or --verbose: Pulumi's own SDK then logs each answer of the engine as it is, secrets in clear.
    runs.push(expectSuccess(await stack[operation]({ diff: true })));
    checkpoints.push(readFileSync(stack.stateFile, "utf8"));
  }

  beforeAll(async () => {
    lab = await openTestLab();
    stack = await Stack.open(lab);
    directory = lab.files.directory;
    temporary = mkdtempSync(join(directory, "tmp-"));
    expectSuccess(await stack.destroy());
    process.env["TMPDIR"] = temporary;
    // sudo writes each command line to the journal.
    const asAdmin = (config: Record<string, unknown>): void => void (config["sshUser"] = "admin");
    stack.configure(asAdmin);
    const stop = watchProcesses();
    spawnSync("sh", ["-c", "sleep 0.3", marker]);
    await keep("up");
    Object.assign(secrets, await secretsOf(lab, stack));
    await keep("refresh");
    await stack.setSecret("bootstrapToken", `secret.${randomBytes(8).toString("hex")}`);
    await keep("up");
    secrets["rotated token"] = (await secretsOf(lab, stack))["bootstrapToken"] ?? "";
    for (const { name } of lab.hosts) hosts.push({ host: name, ...(await look(name)) });
    await keep("destroy");
    commandLines = await stop();
  });
  afterAll(async () => {
    delete process.env["TMPDIR"];
    rmSync(temporary, { recursive: true });
    stack.configure();
    expectSuccess(await stack.up());
  });

  /** Searches a host: names and modes of the files with a secret in them, and everything in its journal. */
  async function look(host: string): Promise<{ files: string[]; journal: string }> {
    const patterns = Object.values(secrets).flatMap(traces).join("\n");
    const search = `grep ${searchArguments.join(" ")} /etc /opt /root /home /run /tmp /usr/local \
        $(find /var /var/lib -mindepth 1 -maxdepth 1 ! -path /var/lib ! -name containerd) | sort | while read -r path; do stat -c '%a %U:%G %n' "$path"; done`;
    const { stdout: files } = await lab.exec(host, search, patterns);
    const { stdout: journal } = await lab.exec(host, `logger ${marker}; sleep 1; journalctl --no-pager -o verbose`);
    return { files: files.trim().split("\n"), journal };
  }

  test("missed by the search: there are as many as the stack has, and none is too short to be looked for", () => {
    expect(Object.keys(secrets).sort()).toEqual(
      [
        ...["bootstrapToken", "caPrivateKeyPem", "clientKey", "clientKeyData", "passphrase", "rotated token"],
        ...[
          "kube-proxy privateKeyOpenssh",
          "kube-proxy privateKeyPem",
          "kube-proxy privateKeyPemPkcs8",
          "sshPrivateKey",
        ],
      ].sort(),
    );
    for (const [name, secret] of Object.entries(secrets)) {
      expect(
        foundIn(`a line with ${Buffer.from(`two ${secret} of them`).toString("base64")}`, { [name]: secret }),
      ).toEqual([name]);
    }
  });

  test("in an argument of any process of the machine or of a host", () => {
    expect(commandLines.some((line) => line.includes(marker))).toBe(true);
    expect(commandLines.some((line) => line.includes("sshd"))).toBe(true);
    const telling = commandLines.filter((line) => foundIn(line, secrets).length > 0);
    expect(telling.map((line) => line.slice(0, 60))).toEqual([]);
  });

  test("in what an up, a refresh, a change of a secret and a destroy print with --diff, or tell as events", () => {
    expect(runs.map(({ output }) => foundIn(output, secrets))).toEqual(runs.map(() => []));
    expect(runs.map(({ events }) => foundIn(events, secrets))).toEqual(runs.map(() => []));
    expect(runs[2]?.output).toContain("[secret]");
  });

  test("in the checkpoint, nor in any other file that the runs left on the machine", async () => {
    expect(checkpoints.map((text) => foundIn(text, secrets))).toEqual(checkpoints.map(() => []));
    const compressed = join(temporary, "compressed.log");
    writeFileSync(compressed, gzipSync(`a line with ${secrets["passphrase"]}`));
    // This and the lab's own credentials show that the search finds; etcd is the cluster's, and the token's Secret is in it.
    const found = (await filesWith(secrets, directory)).map((path) => relative(directory, path));
    expect(found.filter((path) => !path.startsWith("etcd/"))).toEqual([
      ...credentials,
      relative(directory, compressed),
    ]);
  });

  test("in a file on a host that others than root may read, or in its journal", () => {
    for (const { files, journal } of hosts) {
      expect(files).toEqual(secretFiles.map((path) => `600 root:root ${path}`));
      expect(journal).toContain(marker);
      expect(journal).toContain("sudo");
      expect(foundIn(journal, secrets)).toEqual([]);
    }
  });
});
