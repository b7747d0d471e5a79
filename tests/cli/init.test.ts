import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import { checksumsOf } from "../../cli/init/checksums";
import { parseHost, withHostKeys } from "../../cli/init/hosts";
import { readKubeconfig } from "../../cli/init/kubeconfig";
import { withKeys } from "../../cli/init/stackFile";
import { openTerminal } from "../../cli/init/terminal";
import { scanHostKey } from "../../host/scanHostKey";
import { SshHost } from "../support/sshHost";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "init-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

test.each([
  ["node-1=10.0.0.11", { name: "node-1", address: "10.0.0.11" }],
  ["node-1=node-1.example:2222", { name: "node-1", address: "node-1.example", port: 2222 }],
  ["node-1=[fd00::1]:22", { name: "node-1", address: "fd00::1", port: 22 }],
])("--host %s names a host", (text, expected) => {
  expect(parseHost(text)).toEqual(expected);
});

test.each(["node-1", "=10.0.0.1", "a=b c", "a=b:c"])("--host %s is refused", (text) => {
  expect(() => parseHost(text)).toThrow("is not NAME=ADDRESS");
});

test.each([
  ["an empty file", "", "config:\n  a: 1\n"],
  ["a file without settings", "encryptionsalt: x\n", "encryptionsalt: x\nconfig:\n  a: 1\n"],
  ["settings and comments, which stay", "config:\n  # why\n  b: 2\n", "config:\n  a: 1\n  # why\n  b: 2\n"],
  ["settings written as none", "config: {}\nx: 1\n", "config:\n  a: 1\nx: 1\n"],
])("keys are written into %s", (_what, before, expected) => {
  expect(withKeys(before, "a: 1\n")).toBe(expected);
});

describe("a kubeconfig", () => {
  const text = `
clusters:
  - { name: c, cluster: { server: "https://10.0.0.10:6443", certificate-authority: ca.crt } }
  - { name: other, cluster: { server: "https://other" } }
users: [{ name: u, user: { token: TOKEN } }, { name: v, user: { token: OTHER } }]
contexts: [{ name: x, context: { cluster: c, user: u } }]
current-context: x
`;
  test("is taken with its current context only, and with the files that it names inside", () => {
    file("ca.crt", "PEM");
    const { kubeconfig, server, caCertPem } = readKubeconfig(file("config", text));
    expect([server, caCertPem]).toEqual(["https://10.0.0.10:6443", "PEM"]);
    expect(kubeconfig).toContain("TOKEN");
    expect(kubeconfig).not.toMatch(/other|OTHER|ca\.crt/);
    expect(load(kubeconfig)).toMatchObject({ "current-context": "x" });
  });

  test("that is none is refused without a word of its content", () => {
    const read = (): unknown => readKubeconfig(file("config", "token: [SECRET"));
    expect(read).toThrow("is no YAML");
    expect(read).not.toThrow("SECRET");
    expect(() => readKubeconfig(file("config", text.replace("current-context: x", "")))).toThrow(
      "has no current-context",
    );
    expect(() => readKubeconfig(file("config", text))).toThrow("names");
  });
});

test("checksums of files are computed, and a file that is missing is named", async () => {
  file("kubelet", "kubelet");
  file("kube-proxy", "proxy");
  await expect(checksumsOf(folder, folder)).rejects.toThrow("has no cni-plugins-*.tgz");
  file("cni-plugins-linux-amd64-v1.9.1.tgz", "cni");
  const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
  expect(await checksumsOf(folder, folder)).toEqual({
    kubelet: { source: "kubelet", sha256: sha256("kubelet") },
    kubeProxy: { source: "kube-proxy", sha256: sha256("proxy") },
    cniPlugins: { source: "cni-plugins-linux-amd64-v1.9.1.tgz", sha256: sha256("cni") },
  });
  file("flanneld", "daemon");
  file("flannel", "plugin");
  expect(await checksumsOf(folder, folder)).toMatchObject({
    flanneld: { source: "flanneld", sha256: sha256("daemon") },
    flannelCniPlugin: { source: "flannel", sha256: sha256("plugin") },
  });
});

describe("host keys", () => {
  let ssh: SshHost;
  beforeEach(async () => {
    ssh = new SshHost();
    await ssh.start();
  });
  afterEach(() => ssh.stop());
  const hosts = () => [{ name: "a", address: "127.0.0.1", port: ssh.port }];
  const keyOf = (): string => ssh.hostKey.trim().split(" ").slice(0, 2).join(" ");
  const silent = { say: () => undefined };

  test("are scanned without a login, with the fingerprint that ssh-keygen prints", async () => {
    const { hostKey, fingerprint } = await scanHostKey("127.0.0.1", ssh.port);
    expect(hostKey).toBe(keyOf());
    const printed = spawnSync("ssh-keygen", ["-lf", "-"], { input: `${hostKey}\n`, encoding: "utf8" }).stdout;
    expect(printed).toContain(` ${fingerprint} `);
    expect(ssh.commands).toEqual([]);
  });

  test("are taken only when somebody agrees", async () => {
    const none = file("none", "");
    const answer = (yes: boolean) => ({
      ...openTerminal(false),
      ...silent,
      confirm: () => Promise.resolve(yes),
      finish: () => undefined,
    });
    expect(await withHostKeys(hosts(), { knownHosts: none, accept: false }, answer(true))).toEqual([
      { ...hosts()[0], hostKey: keyOf() },
    ]);
    await expect(withHostKeys(hosts(), { knownHosts: none, accept: false }, answer(false))).rejects.toThrow(
      "the host keys were not confirmed. Nothing was written.",
    );
    const nobody = { ...openTerminal(false), ...silent };
    await expect(withHostKeys(hosts(), { knownHosts: none, accept: false }, nobody)).rejects.toThrow(
      "--accept-host-keys",
    );
    expect(await withHostKeys(hosts(), { knownHosts: none, accept: true }, nobody)).toHaveLength(1);
  });

  test("that are known are not asked for", async () => {
    const known = file("known", `[127.0.0.1]:${ssh.port} ${keyOf()}\n`);
    const found = await withHostKeys(
      hosts(),
      { knownHosts: known, accept: false },
      { ...openTerminal(false), ...silent },
    );
    expect(found).toEqual([{ ...hosts()[0], hostKey: keyOf() }]);
    expect(ssh.connections).toBe(0);
  });

  test("of hosts that do not answer end it, all at once", async () => {
    const port = ssh.port;
    await ssh.stop();
    const both = ["127.0.0.1", "127.0.0.2"].map((address, at) => ({ name: `n${at}`, address, port }));
    const run = withHostKeys(
      both,
      { knownHosts: file("none", ""), accept: true },
      { ...openTerminal(false), ...silent },
    );
    await expect(run).rejects.toThrow(/127\.0\.0\.1 port .*\n.*127\.0\.0\.2 port /);
  });
});

test("without a terminal all that is missing is said at once", async () => {
  const terminal = openTerminal(false);
  await terminal.ask("name of the stack", "--stack NAME");
  await terminal.ask("hosts", "--host NAME=ADDRESS");
  expect(() => terminal.finish()).toThrow(
    "these 2 could not be found; give it by an option:\n  --stack NAME: name of the stack\n  --host NAME=ADDRESS: hosts",
  );
});
