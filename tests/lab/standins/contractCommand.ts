import { omit, pick } from "es-toolkit";
import { isDeepStrictEqual } from "node:util";
import { isSecret, makeSecret, unknownValue, type PropertyMap } from "../../../lab/standins/protocol/values";
import { verdict, type Contract, type Row, type Scene } from "./contract";
import type { PluginClient } from "./pluginClient";
import { newSshKeyPair, SshHost } from "../../support/sshHost";

interface CommandScene extends Scene {
  host: SshHost;
}

/** As the program of this repository sets them; the stand-in serves nothing else. */
const quiet = { logging: "none", addPreviousOutputInEnv: false };
const connectionDefaults = { port: 22, user: "root", dialErrorLimit: 10, perDialTimeout: 15 };
const type = "command:remote:Command";

/** Checked inputs of a command on the host. */
async function checked(
  plugin: PluginClient,
  { host }: CommandScene,
  inputs: PropertyMap,
  connection: PropertyMap = {},
) {
  const given = makeSecret({ ...host.connection(), user: "root", perDialTimeout: 15, ...connection });
  return (await plugin.check({ connection: given, ...quiet, ...inputs })).inputs;
}

const message = (failed: Promise<unknown>): Promise<string> =>
  failed.then(
    () => "succeeded",
    (error: Error) => error.message,
  );

const rows: Row<CommandScene>[] = [
  {
    title: "check fills in the connection's defaults and marks it secret, as a whole and field by field",
    type,
    answers: (plugin) =>
      plugin.check({ connection: { host: "a", privateKey: "k", password: "p" }, create: "true", ...quiet }),
    expected: {
      inputs: {
        connection: makeSecret({
          ...{ host: "a", ...connectionDefaults },
          ...{ privateKey: makeSecret("k"), password: makeSecret("p") },
        }),
        create: "true",
        ...quiet,
      },
      failures: [],
    },
  },
  {
    title: "check leaves alone what is not known yet",
    type,
    answers: (plugin) =>
      plugin.check({ connection: { host: unknownValue }, create: unknownValue, stdin: unknownValue, ...quiet }),
    expected: {
      inputs: {
        connection: makeSecret({ host: unknownValue, ...connectionDefaults }),
        ...{ create: unknownValue, stdin: unknownValue, ...quiet },
      },
      failures: [],
    },
  },
  {
    title: "diff: any changed input is a change in place",
    type,
    answers: async (plugin, scene) => {
      const inputs = await checked(plugin, scene, { create: "x", stdin: "s" });
      const state = { ...inputs, stdout: "", stderr: "" };
      const changed = await checked(plugin, scene, { create: "y", stdin: makeSecret("t"), update: "u" });
      const elsewhere = await checked(plugin, scene, { create: "x", stdin: "s" }, { port: 1 });
      const hidden = await checked(plugin, scene, { create: "x", stdin: makeSecret("s") });
      return [
        verdict(await plugin.diff(state, inputs, [], inputs)),
        verdict(await plugin.diff(state, changed, [], inputs)),
        verdict(await plugin.diff(state, elsewhere, [], inputs)),
        verdict(await plugin.diff(state, hidden, [], inputs)),
      ];
    },
    expected: [
      "same; details none",
      "update; names create, stdin, update; details create: UPDATE, stdin: UPDATE, update: ADD",
      "update; names connection; details connection: UPDATE",
      "update; names stdin; details stdin: UPDATE",
    ],
  },
  {
    title: "create in a preview runs nothing and knows no output",
    type,
    answers: async (plugin, scene) => {
      const inputs = await checked(plugin, scene, { create: "touch /tmp/never", stdin: "s" });
      const { outputs } = await plugin.create(inputs, { preview: true });
      return [omit(outputs, ["connection"]), isSecret(outputs.connection), scene.host.commands.length];
    },
    expected: [
      { create: "touch /tmp/never", stdin: "s", ...quiet, stdout: unknownValue, stderr: unknownValue },
      true,
      0,
    ],
  },
  {
    title: "create gives both streams, one newline less, and an id of the resource's name",
    type,
    answers: async (plugin, scene) => {
      const inputs = await checked(plugin, scene, { create: "cat; echo line; echo; echo oops >&2", stdin: "in " });
      const { id, outputs } = await plugin.create(inputs);
      const streams = pick(outputs, ["stdout", "stderr"]);
      const kept = isDeepStrictEqual({ ...inputs, ...streams }, outputs);
      return [id.replace(/[0-9a-f]{8}$/, "HEX"), streams, kept, scene.host.commands.splice(0)];
    },
    expected: ["resHEX", { stdout: "in line\n", stderr: "oops" }, true, ["cat; echo line; echo; echo oops >&2"]],
  },
  {
    title: "a failing command is an error with status, command and output in order",
    type,
    answers: async (plugin, scene) => {
      const failed = await checked(plugin, scene, { create: "echo one; sleep 0.2; echo two >&2; exit 3" });
      const killed = await checked(plugin, scene, { create: "kill -TERM $$" });
      return [
        await message(plugin.create(failed)),
        await message(plugin.create(killed)),
        scene.host.commands.splice(0).length,
      ];
    },
    expected: [
      'Process exited with status 3: running "echo one; sleep 0.2; echo two >&2; exit 3":\none\ntwo\n',
      'Process exited with status 143 from signal TERM: running "kill -TERM $$":\n',
      2,
    ],
  },
  {
    title: "update runs `update`, or else `create`, or keeps the output; a preview runs nothing",
    type,
    answers: async (plugin, scene) => {
      const inputs = await checked(plugin, scene, { create: "echo create" });
      const state = { ...inputs, stdout: "before", stderr: "" };
      const update = async (wanted: PropertyMap, preview = false) => {
        const news = await checked(plugin, scene, wanted);
        return (await plugin.update(state, news, { preview, inputs })).stdout;
      };
      return {
        create: await update({ create: "cat", stdin: "changed" }),
        update: await update({ create: "false", update: "echo update" }),
        neither: await update({ delete: "true" }),
        preview: await update({ create: "cat", stdin: "changed" }, true),
        unchanged: await update({ create: "echo create" }, true),
        commands: scene.host.commands.splice(0),
      };
    },
    expected: {
      ...{ create: "changed", update: "update", neither: "before", preview: unknownValue, unchanged: "before" },
      commands: ["cat", "echo update"],
    },
  },
  {
    title: "read gives back what is recorded; delete runs what the state says, or makes no connection",
    type,
    answers: async (plugin, scene) => {
      const inputs = await checked(plugin, scene, { create: "true", delete: "echo gone" });
      const state: PropertyMap = { ...inputs, stdout: "a", stderr: "" };
      const read = await plugin.read("id", state, inputs);
      await plugin.delete("id", state, inputs);
      const before = scene.host.connections;
      await plugin.delete("id", omit(state, ["delete"]), omit(inputs, ["delete"]));
      return [
        read.id,
        isDeepStrictEqual(read.outputs, state),
        isDeepStrictEqual(read.inputs, inputs),
        scene.host.commands.splice(0),
        scene.host.connections - before,
      ];
    },
    expected: ["id", true, true, ["echo gone"], 0],
  },
  {
    title: "another host key, and a key that the host does not know, end before anything runs",
    type,
    answers: async (plugin, scene) => {
      const other = newSshKeyPair();
      const pinned = await checked(plugin, scene, { create: "echo ok" }, { hostKey: other.public });
      const unknown = await checked(plugin, scene, { create: "echo ok" }, { privateKey: other.private });
      const errors = [await message(plugin.create(pinned)), await message(plugin.create(unknown))];
      return [...errors.map((text) => text.replace(/^(after 0 failed attempts: )?.*/s, "$1...")), scene.host.commands];
    },
    expected: ["after 0 failed attempts: ...", "after 0 failed attempts: ...", []],
  },
];

/** `command:remote:Command`, on an SSH server of this machine. */
export const commandContract: Contract<CommandScene> = {
  async start() {
    const host = await new SshHost().start();
    return { config: {}, host, stop: () => host.stop() };
  },
  configured: [true, true],
  rows,
};
