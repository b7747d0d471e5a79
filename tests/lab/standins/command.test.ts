import { commandStandIn } from "../../../lab/standins/command";
import { Secret, unknown, type PropertyMap } from "../../../lab/standins/protocol/propertyValue";
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

/** Inputs as Check returns them. */
async function inputsOf(inputs: PropertyMap, connection: PropertyMap = {}): Promise<PropertyMap> {
  const { inputs: checked, failures } = await client.check({
    connection: new Secret({ ...host.connection(), ...connection }),
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
  expect(outputs.connection).toBeInstanceOf(Secret);
  expect(client.log.lines).toEqual(expect.arrayContaining(["status: in line", "status: oops"]));
});

test("check fills in the connection's defaults, keeps it secret, and refuses what is not served", async () => {
  const { inputs } = await client.check({ connection: { host: "a" }, create: "true" });
  const defaults = { port: 22, user: "root", dialErrorLimit: 10, perDialTimeout: 15 };
  expect(inputs.connection).toEqual(new Secret({ ...defaults, host: "a" }));
  const wrong = { connection: { host: "a", proxy: { host: "b" }, hotKey: "x" }, create: 1, cwd: "/" };
  expect((await client.check(wrong)).failures).toEqual([
    expect.stringMatching(/^connection\.proxy: .*proxy/),
    expect.stringMatching(/^connection: .*"hotKey"/),
    expect.stringMatching(/^create: /),
    expect.stringMatching(/^: .*"cwd"/),
  ]);
  expect((await client.check({ connection: { host: unknown }, create: unknown })).failures).toEqual([]);
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
  expect(outputs).toMatchObject({ create: "echo hi", stdout: unknown, stderr: unknown });
  const state = { ...inputs, stdout: "a", stderr: "" };
  expect(await client.update(state, { ...inputs, create: "x" }, { preview: true })).toMatchObject({ stdout: unknown });
  expect(host.connections).toBe(0);
});

test("any changed input is a change, and triggers replace", async () => {
  const inputs = await inputsOf({ create: "x", environment: { A: "1" }, triggers: ["a", "b"] });
  const state = { ...inputs, stdout: "", stderr: "" };
  expect(await client.diff(state, inputs)).toMatchObject({ changes: false, diffs: [], hasDetails: true });
  const connection = await inputsOf({ create: "x" }, { port: 1 });
  expect(await client.diff(state, { ...inputs, ...connection })).toMatchObject({ diffs: ["connection"], replaces: [] });
  const environment = { ...inputs, environment: { A: "2", B: "3" } };
  expect(await client.diff(state, environment)).toMatchObject({
    diffs: ["environment.A", "environment.B"],
    replaces: [],
  });
  const triggers = { ...inputs, triggers: ["a", "c"] };
  expect(await client.diff(state, triggers)).toMatchObject({ diffs: ["triggers[1]"], replaces: ["triggers[1]"] });
  expect(await client.diff(state, triggers, ["triggers"])).toMatchObject({ changes: false });
});

test("update runs `update`, or else `create`, with the previous output in the environment", async () => {
  const inputs = await inputsOf({ create: 'echo "create after $PULUMI_COMMAND_STDOUT"', environment: { X: "1" } });
  const state = { ...inputs, stdout: "before", stderr: "" };
  expect(await client.update(state, inputs)).toMatchObject({ stdout: "create after before" });
  const both = await inputsOf({ create: "false", update: 'echo "$X-$PULUMI_COMMAND_STDOUT"', environment: { X: "2" } });
  expect(await client.update(state, both)).toMatchObject({ stdout: "2-before" });
  const without = { ...both, addPreviousOutputInEnv: false };
  expect(await client.update(state, without)).toMatchObject({ stdout: "2-" });
});

test("delete uses the recorded connection, and without `delete` makes none", async () => {
  const inputs = await inputsOf({ create: "true", delete: "echo gone", logging: "none" });
  await client.delete("id", { ...inputs, stdout: "", stderr: "" });
  expect(host.commands).toEqual(["echo gone"]);
  expect(client.log.lines).not.toContain("status: gone");
  await client.delete("id", { ...(await inputsOf({ create: "true" })), stdout: "", stderr: "" });
  expect(host.connections).toBe(1);
});

test("a password is taken where there is no key", async () => {
  const connection: PropertyMap = { ...host.connection(), password: host.password };
  delete connection.privateKey;
  const { inputs } = await client.check({ connection, create: "echo ok" });
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
  await expect(client.create(inputs)).rejects.toThrow(/^2 UNKNOWN: after 2 failed attempts: .*ECONNREFUSED/);
  expect(client.log.lines.filter((line) => /Dial/.test(line))).toHaveLength(2);
  await host.start();
});

test("other types are refused by name", async () => {
  const local = client.create({}, { type: "command:local:Command" });
  await expect(local).rejects.toThrow(/does not serve command:local:Command, only command:remote:Command/);
});
