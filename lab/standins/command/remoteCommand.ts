import { pick } from "es-toolkit";
import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { changesBetween } from "../protocol/changes";
import { schemaFailures, withoutNulls } from "../protocol/schemaCheck";
import type { Call, ResourceHandler } from "../protocol/standIn";
import { containsUnknown, revealMap, unknownValue, type PropertyMap } from "../protocol/values";
import { checkedConnection } from "./checkedConnection";
import { commandSchema } from "./commandInputs";
import { inPlace } from "./inPlace";
import { runOnHost, type CommandOutput } from "./runOnHost";

const inputNames = Object.keys(commandSchema.shape);
const unknownOutput = { stdout: unknownValue, stderr: unknownValue };

/** The inputs among recorded properties: no outputs, no nulls. */
function inputsOf(properties: PropertyMap): PropertyMap {
  const known = withoutNulls(properties);
  return pick(
    known,
    inputNames.filter((name) => name in known),
  );
}

/** Runs one of the resource's commands with the connection and stdin of `properties`; without it keeps the output. */
async function run(call: Call, command: "create" | "update" | "delete", properties: PropertyMap) {
  const inputs = inputsOf(revealMap(properties));
  if (!(command in inputs)) return recordedOutput(call.state);
  // A state that the real plugin wrote may ask for more than the stand-in does.
  const failures = schemaFailures(commandSchema, inputs);
  if (failures.length > 0) throw new Error(failures.map(({ property, reason }) => `${property}: ${reason}`).join("; "));
  const { connection, stdin = "", [command]: text = "" } = commandSchema.parse(inputs);
  return runOnHost(connection, text, stdin, call);
}

function recordedOutput(state: PropertyMap): CommandOutput {
  const { stdout, stderr } = revealMap(state);
  return { stdout: typeof stdout === "string" ? stdout : "", stderr: typeof stderr === "string" ? stderr : "" };
}

/** Whether an update's outputs are unknown in a preview: a recorded input is given another value or none. */
const outputsWillChange = (state: PropertyMap, news: PropertyMap): boolean =>
  inputNames.some(
    (name) => containsUnknown(news[name] ?? null) || (name in state && !isDeepStrictEqual(state[name], news[name])),
  );

/**
 * `command:remote:Command` as pulumi-command 1.2 behaves: any changed input runs `update`, or else `create`; delete
 * uses what the state recorded; refresh reads nothing.
 */
export const remoteCommand: ResourceHandler = {
  check(news) {
    const inputs = checkedConnection(withoutNulls(news));
    return { inputs, failures: schemaFailures(commandSchema, inputs) };
  },

  diff(state, news) {
    return inPlace(changesBetween(inputsOf(state), inputsOf(news)));
  },

  async create(call) {
    const { name, inputs, preview } = call;
    const output = preview ? unknownOutput : await run(call, "create", inputs);
    return { id: `${name}${randomBytes(4).toString("hex")}`, outputs: { ...inputs, ...output } };
  },

  async update(call) {
    const { state, inputs: news, preview } = call;
    if (preview) return { ...news, ...(outputsWillChange(state, news) ? unknownOutput : recordedOutput(state)) };
    return { ...news, ...(await run(call, "update" in inputsOf(news) ? "update" : "create", news)) };
  },

  async delete(call) {
    await run(call, "delete", call.state);
  },
};
