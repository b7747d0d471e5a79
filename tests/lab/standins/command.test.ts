import { makeSecret, type PropertyMap } from "../../../lab/standins/protocol/values";
import { commandStandIn } from "../../../lab/standins/command";
import { PluginClient } from "./pluginClient";
import { newSshKeyPair, SshHost } from "../../support/sshHost";

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

test("a change is shown where it is, and what a command prints is not logged", async () => {
  const inputs = await inputsOf({ create: "echo oops >&2" });
  const { outputs } = await client.create(inputs);
  expect(client.log.lines).not.toContainEqual(expect.stringMatching(/oops/));
  const news = await inputsOf({ update: "x" }, { port: 1 });
  expect(await client.diff(outputs, news)).toMatchObject({
    diffs: ["connection", "create", "update"],
    details: ["connection: UPDATE", "create: DELETE", "update: ADD"],
  });
});

test("delete understands a state that the real provider wrote, and refuses what it asks for and is not served", async () => {
  const connection = makeSecret({ ...host.connection(), user: "root", perDialTimeout: 15, password: null });
  const recorded = { ...quiet, connection, create: "true", delete: "echo gone", update: null, stdout: "", stderr: "" };
  await client.delete("id", recorded);
  expect(host.commands).toEqual(["echo gone"]);
  const withVariables = { ...recorded, environment: { A: "1" } };
  await expect(client.delete("id", withVariables)).rejects.toThrow(/^environment: .*real plugin/);
  await client.delete("id", { ...withVariables, delete: null });
  expect(host.connections).toBe(1);
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
