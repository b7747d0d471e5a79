import { pick } from "es-toolkit";
import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Client } from "ssh2";
import { changesBetween } from "../protocol/changes";
import { schemaFailures, withoutNulls } from "../protocol/schemaCheck";
import type { Call, ResourceHandler } from "../protocol/standIn";
import { revealMap } from "../protocol/values";
import { checkedConnection } from "./checkedConnection";
import { copySchema } from "./commandInputs";
import { dialHost } from "./dialHost";
import { inPlace } from "./inPlace";

/** What decides about another copy; another connection does not. */
const copied = ["source", "remotePath"];

function putFile(client: Client, localPath: string, remotePath: string): Promise<void> {
  return new Promise((resolve, reject) => {
    client.sftp((error, sftp) => {
      if (error) return reject(error);
      sftp.fastPut(localPath, remotePath, (failure) => {
        sftp.end();
        if (!failure) return resolve();
        reject(new Error(`failed to copy file ${localPath} to remote path ${remotePath}: ${failure.message}`));
      });
    });
  });
}

/** Copies the file in an SSH connection of its own, over SFTP. */
async function copy({ inputs, log, urn, signal }: Call): Promise<void> {
  const { connection, source, remotePath } = copySchema.parse(revealMap(inputs));
  const client = await dialHost(connection, (message) => log.status(message, urn), signal);
  try {
    await putFile(client, source.path, remotePath);
  } finally {
    client.end();
  }
}

/** `command:remote:CopyToRemote` as pulumi-command 1.2 behaves: a removal leaves the file, refresh reads nothing. */
export const copyToRemote: ResourceHandler = {
  check(news) {
    const inputs = checkedConnection(withoutNulls(news));
    return { inputs, failures: schemaFailures(copySchema, inputs) };
  },

  diff(state, news) {
    return inPlace(changesBetween(withoutNulls(state), withoutNulls(news)));
  },

  async create(call) {
    if (call.preview) return { id: "", outputs: call.inputs };
    await copy(call);
    return { id: randomBytes(8).toString("hex"), outputs: call.inputs };
  },

  async update(call) {
    const { inputs, state, preview } = call;
    const [before, after] = [pick(revealMap(state), copied), pick(revealMap(inputs), copied)];
    if (!preview && !isDeepStrictEqual(before, after)) await copy(call);
    return inputs;
  },
};
