import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandStandIn } from "../../../lab/standins/command";
import { makeSecret, signature, type PropertyMap } from "../../../lab/standins/protocol/values";
import { SshHost } from "../../support/sshHost";
import { PluginClient } from "./pluginClient";

let host: SshHost;
let client: PluginClient;
let folder: string;
let agent: string | undefined;

beforeEach(async () => {
  agent = process.env.SSH_AUTH_SOCK;
  delete process.env.SSH_AUTH_SOCK;
  folder = mkdtempSync(join(tmpdir(), "copy-"));
  host = await new SshHost().start();
  client = await PluginClient.serve(commandStandIn, "command:remote:CopyToRemote");
  await client.configure();
});

afterEach(async () => {
  if (agent !== undefined) process.env.SSH_AUTH_SOCK = agent;
  client.close();
  await host.stop();
  rmSync(folder, { recursive: true });
});

/** Source: pulumi/pulumi sdk/go/common/resource/sig. */
const asset = "c44067f5952c0a294b673a41bacd8c17";

/** Inputs as Check returns them, of a file with that content. */
async function inputsOf(content: string, remotePath = "there", connection: PropertyMap = {}): Promise<PropertyMap> {
  const path = join(folder, "here");
  writeFileSync(path, content);
  const { inputs, failures } = await client.check({
    connection: makeSecret({ ...host.connection(), ...connection }),
    source: { [signature]: asset, path, hash: content.slice(0, 8) },
    remotePath: join(folder, remotePath),
  });
  expect(failures).toEqual([]);
  return inputs;
}

const there = (): Buffer => readFileSync(join(folder, "there"));

test("a file is copied whole, in one connection", async () => {
  const content = "0123456789".repeat(30_000);
  const { id, outputs } = await client.create(await inputsOf(content));
  expect(id).toMatch(/^[0-9a-f]{16}$/);
  expect(there().toString()).toBe(content);
  expect(outputs.remotePath).toBe(join(folder, "there"));
  expect(host.connections).toBe(1);
});

test("another content or place copies again, another connection and a removal do not", async () => {
  const before = await inputsOf("one");
  const { outputs } = await client.create(before);
  expect(await client.diff(outputs, before)).toMatchObject({ changes: false });
  const elsewhere = await inputsOf("one", "there", { dialErrorLimit: 3 });
  expect(await client.diff(outputs, elsewhere)).toMatchObject({ changes: true, replaces: [] });
  await client.update(outputs, elsewhere);
  await client.delete("id", outputs);
  expect(host.connections).toBe(1);
  await client.update(outputs, await inputsOf("other"));
  expect(there().toString()).toBe("other");
});

test("a place that cannot be written is an error that names it", async () => {
  await expect(client.create(await inputsOf("x", "no/such/folder"))).rejects.toThrow(
    /failed to copy file .*here to remote path .*no\/such\/folder/,
  );
});

test("what is not served is refused by name", async () => {
  const connection = { host: "a" };
  const text = { [signature]: asset, text: "x" };
  const { failures } = await client.check({ connection, source: text, remotePath: "/x", triggers: [1] });
  expect(failures).toEqual([expect.stringMatching(/^source.*: /), expect.stringMatching(/^triggers: .*real plugin/)]);
});
