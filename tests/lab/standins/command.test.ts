import { isSecret, makeSecret, unknownValue, type PropertyMap } from "../../../lab/engine/values";
import { commandStandIn } from "../../../lab/standins/command";
import { PluginClient } from "./pluginClient";
import { newSshKeyPair, SshHost } from "./sshHost";

let host: SshHost;
let client: PluginClient;
let agent: string | undefined;

beforeEach(async () => {
  agent = process.env.SSH_AUTH_SOCK;
  delete process.env.SSH_AUTH_SOCK;
  host = await new SshHost().start();
  client = await PluginClient.serve(commandStandIn, "command:remote:Command");
  await client.configure();
});

afterEach(async () => {
  if (agent !== undefined) process.env.SSH_AUTH_SOCK = agent;
  client.close();
  await host.stop();
});

/** As the program of this repository sets them; the stand-in serves nothing else. */
const quiet = { logging: "none", addPreviousOutputInEnv: false };

/** Inputs as Check returns them. */
async function inputsOf(inputs: PropertyMap, connection: PropertyMap = {}): Promise<PropertyMap> {
  const { inputs: checked, failures } = await client.check({
    connection: makeSecret({ ...host.connection(), ...connection }),
    ...quiet,
    ...inputs,
  });
  expect(failures).toEqual([]);
  return checked;
}

test("create runs the command and gives both streams, one newline less", async () => {
  const inputs = await inputsOf({ create: "cat; echo line; echo; echo oops >&2", stdin: "in " });
  const { id, outputs } = await client.create(inputs);
  expect(id).toMatch(/^res[0-9a-f]{8}$/);
  expect(outputs).toMatchObject({ stdout: "in line\n", stderr: "oops" });
  expect(isSecret(outputs.connection)).toBe(true);
  expect(client.log.lines).not.toContainEqual(expect.stringMatching(/oops/));
});

test("check fills in the connection's defaults, and marks it secret as a whole and field by field", async () => {
  const { inputs, failures } = await client.check({
    connection: { host: "a", privateKey: "k", password: "p" },
    ...quiet,
  });
  const defaults = { port: 22, user: "root", dialErrorLimit: 10, perDialTimeout: 15 };
  const fields = { ...defaults, host: "a", privateKey: makeSecret("k"), password: makeSecret("p") };
  expect(inputs.connection).toEqual(makeSecret(fields));
  expect(failures).toEqual([]);
  expect((await client.check({ connection: { host: unknownValue }, create: unknownValue, ...quiet })).failures).toEqual(
    [],
  );
  const unknownConnection = { connection: makeSecret(unknownValue), ...quiet };
  expect(await client.check(unknownConnection)).toEqual({ inputs: unknownConnection, failures: [] });
});

test("what the stand-in does not serve is refused by name", async () => {
  const connection = { host: "a", proxy: { host: "b" }, hotKey: "x" };
  expect((await client.check({ connection, create: 1, cwd: "/", environment: {} })).failures).toEqual([
    expect.stringMatching(/^connection\.proxy: .*proxy/),
    "connection.hotKey: is not served by the stand-in",
    expect.stringMatching(/^create: /),
    expect.stringMatching(/^logging: .*"none"/),
    expect.stringMatching(/^addPreviousOutputInEnv: .*false/),
    expect.stringMatching(/^environment: /),
    "cwd: is not served by the stand-in",
  ]);
});

test("a failing command is an error with status, command and output in order", async () => {
  const inputs = await inputsOf({ create: "echo one; echo two >&2; exit 3" });
  await expect(client.create(inputs)).rejects.toThrow(
    'Process exited with status 3: running "echo one; echo two >&2; exit 3":\none\ntwo\n',
  );
  const killed = await inputsOf({ create: "kill -TERM $$" });
  await expect(client.create(killed)).rejects.toThrow("Process exited with status 143 from signal TERM: running");
});

test("preview runs nothing and knows no output", async () => {
  const inputs = await inputsOf({ create: "echo hi" });
  const { outputs } = await client.create(inputs, { preview: true });
  expect(outputs).toMatchObject({ create: "echo hi", stdout: unknownValue, stderr: unknownValue });
  const state = { ...inputs, stdout: "a", stderr: "" };
  expect(await client.update(state, { ...inputs, create: "x" }, { preview: true })).toMatchObject({
    stdout: unknownValue,
  });
  expect(host.connections).toBe(0);
});

test("any changed input is a change, and triggers replace", async () => {
  const inputs = await inputsOf({ create: "x", triggers: ["a", "b"] });
  const state = { ...inputs, stdout: "", stderr: "" };
  expect(await client.diff(state, inputs)).toMatchObject({ changes: false, diffs: [], hasDetails: true });
  const connection = await inputsOf({ create: "x" }, { port: 1 });
  expect(await client.diff(state, { ...inputs, ...connection })).toMatchObject({ diffs: ["connection"], replaces: [] });
  const stdin = { ...inputs, stdin: makeSecret("y"), create: "z" };
  expect(await client.diff(state, stdin)).toMatchObject({ diffs: ["create", "stdin"], replaces: [] });
  const triggers = { ...inputs, triggers: ["a", "c"] };
  const replaced = { diffs: ["triggers"], details: ["triggers[1]"], replaces: ["triggers"] };
  expect(await client.diff(state, triggers)).toMatchObject(replaced);
});

test("update runs `update`, or else `create`, or keeps the output", async () => {
  const inputs = await inputsOf({ create: "echo create" });
  const state = { ...inputs, stdout: "before", stderr: "" };
  expect(await client.update(state, inputs)).toMatchObject({ stdout: "create" });
  const both = await inputsOf({ create: "false", update: "cat", stdin: "updated" });
  expect(await client.update(state, both)).toMatchObject({ stdout: "updated" });
  expect(await client.update(state, await inputsOf({ delete: "x" }))).toMatchObject({ stdout: "before" });
});

test("delete uses the recorded connection, and without `delete` makes none", async () => {
  const inputs = await inputsOf({ create: "true", delete: "echo gone" });
  // The real provider may have recorded nulls.
  const connection = makeSecret({ ...host.connection(), user: "root", perDialTimeout: 15, password: null });
  await client.delete("id", { ...inputs, connection, update: null, stdout: "", stderr: "" });
  expect(host.commands).toEqual(["echo gone"]);
  await client.delete("id", { ...(await inputsOf({ create: "true" })), stdout: "", stderr: "" });
  expect(host.connections).toBe(1);
  const recorded = { connection, create: "true", environment: { A: "1" } };
  await client.delete("id", recorded);
  await expect(client.delete("id", { ...recorded, ...quiet, delete: "true" })).rejects.toThrow(
    /^environment: .*real plugin/,
  );
});

test("a password is taken where there is no key", async () => {
  const connection: PropertyMap = { ...host.connection(), password: host.password };
  delete connection.privateKey;
  const { inputs } = await client.check({ connection, create: "echo ok", ...quiet });
  expect((await client.create(inputs)).outputs.stdout).toBe("ok");
});

test("another host key is refused before anything is sent", async () => {
  const other = newSshKeyPair().public;
  const inputs = await inputsOf({ create: "echo ok" }, { hostKey: other });
  await expect(client.create(inputs)).rejects.toThrow(
    `after 0 failed attempts: ssh: handshake with 127.0.0.1:${host.port} failed: host key mismatch (connection.hostKey)`,
  );
  expect(host.commands).toEqual([]);
});

test("a wrong key is refused by the host, an unreadable one at once and unshown", async () => {
  const wrong = await inputsOf({ create: "true" }, { privateKey: newSshKeyPair().private });
  await expect(client.create(wrong)).rejects.toThrow(/authentication methods failed/);
  const unreadable = client.create(await inputsOf({ create: "true" }, { privateKey: "hunter2" }));
  await expect(unreadable).rejects.toThrow(/connection\.privateKey/);
  await expect(unreadable).rejects.not.toThrow(/hunter2/);
});

test("a dead SSH agent fails the connection", async () => {
  const inputs = await inputsOf({ create: "true" }, { agentSocketPath: "/nonexistent/agent" });
  await expect(client.create(inputs)).rejects.toThrow(/SSH agent: .*\/nonexistent\/agent/);
});

test("a host that comes up late is dialled again, up to dialErrorLimit", async () => {
  const { port } = host;
  await host.stop();
  const inputs = await inputsOf({ create: "echo up" }, { port, dialErrorLimit: 8 });
  const created = client.create(inputs);
  setTimeout(() => void host.start(), 300);
  expect((await created).outputs.stdout).toBe("up");
  expect(client.log.lines).toContain("status: Dial 1/8 failed: retrying");
});

test("a host that stays away is given up after dialErrorLimit retries", async () => {
  const { port } = host;
  await host.stop();
  const inputs = await inputsOf({ create: "true" }, { port, dialErrorLimit: 2 });
  await expect(client.create(inputs)).rejects.toThrow(/^after 2 failed attempts: .*ECONNREFUSED/);
  expect(client.log.lines.filter((line) => /Dial/.test(line))).toHaveLength(2);
  await host.start();
});

test("other types are refused by name", async () => {
  const local = client.create({}, { type: "command:local:Command" });
  await expect(local).rejects.toThrow(/does not serve command:local:Command, only command:remote:Command/);
});
