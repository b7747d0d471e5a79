import { randomBytes } from "node:crypto";
import { applyReplaceOnChanges, changedKeys, diffProperties } from "../../engine/propertyDiff";
import {
  containsUnknown,
  equal,
  isPlainMap,
  makeSecret,
  revealMap,
  revealTop,
  unknownValue,
  type PropertyMap,
} from "../../engine/values";
import { schemaFailures, withoutNulls } from "../protocol/schemaCheck";
import { namedDiff, type ResourceHandler, type ResourceRequest } from "../protocol/standIn";
import { commandSchema, connectionDefaults, secretFields } from "./commandInputs";
import { runOnHost, type CommandOutput } from "./runOnHost";

const inputNames = Object.keys(commandSchema.shape);
const unknownOutput = { stdout: unknownValue, stderr: unknownValue };

/** The inputs among recorded properties: no outputs, no nulls. */
function inputsOf(properties: PropertyMap): PropertyMap {
  return Object.fromEntries(Object.entries(withoutNulls(properties)).filter(([name]) => inputNames.includes(name)));
}

/** The connection with its defaults, and secret as the real provider marks it: as a whole and field by field. */
function checkedConnection(news: PropertyMap): PropertyMap {
  const given = revealTop(news.connection ?? null);
  if (!isPlainMap(given)) return news;
  const fields = Object.entries({ ...connectionDefaults, ...given });
  const marked = fields.map(([name, value]) => [name, secretFields.includes(name) ? makeSecret(value) : value]);
  return { ...news, connection: makeSecret(Object.fromEntries(marked) as PropertyMap) };
}

/** Runs one of the resource's commands with the connection and stdin of `properties`. */
async function run(
  { urn, log, signal }: ResourceRequest,
  command: "create" | "update" | "delete",
  properties: PropertyMap,
  previous: CommandOutput,
): Promise<CommandOutput> {
  const inputs = inputsOf(revealMap(properties));
  if (!(command in inputs)) return previous;
  // A state that the real plugin wrote may ask for more than the stand-in does.
  const failures = schemaFailures(commandSchema, inputs);
  if (failures.length > 0) throw new Error(failures.map(({ property, reason }) => `${property}: ${reason}`).join("; "));
  const { connection, stdin = "", [command]: text = "" } = commandSchema.parse(inputs);
  return runOnHost({ connection, command: text, stdin, urn, log, signal });
}

function recordedOutput(state: PropertyMap): CommandOutput {
  const { stdout, stderr } = revealMap(state);
  return { stdout: typeof stdout === "string" ? stdout : "", stderr: typeof stderr === "string" ? stderr : "" };
}

/** Whether an update's outputs are unknown in a preview: a recorded input is given another value or none. */
function outputsWillChange(state: PropertyMap, news: PropertyMap): boolean {
  return inputNames.some(
    (name) => containsUnknown(news[name] ?? null) || (name in state && !equal(state[name], news[name])),
  );
}

/**
 * `command:remote:Command` as pulumi-command 1.2 behaves: any changed input runs `update`, or else `create`; a changed
 * trigger replaces; delete uses what the state recorded; refresh reads nothing.
 */
export const remoteCommand: ResourceHandler = {
  check(news) {
    const inputs = checkedConnection(withoutNulls(news));
    return { inputs, failures: schemaFailures(commandSchema, inputs) };
  },

  diff(state, news) {
    const detailed = diffProperties(inputsOf(state), inputsOf(news));
    return applyReplaceOnChanges({ ...namedDiff(changedKeys(detailed)), detailed }, ["triggers"], false);
  },

  async create({ inputs, preview, ...request }) {
    const id = `${request.name}${randomBytes(4).toString("hex")}`;
    if (preview) return { id, outputs: { ...inputs, ...unknownOutput } };
    return { id, outputs: { ...inputs, ...(await run(request, "create", inputs, { stdout: "", stderr: "" })) } };
  },

  async update({ state, news, preview, ...request }) {
    const previous = recordedOutput(state);
    if (preview) return { ...news, ...(outputsWillChange(state, news) ? unknownOutput : previous) };
    return { ...news, ...(await run(request, "update" in inputsOf(news) ? "update" : "create", news, previous)) };
  },

  async delete({ state, ...request }) {
    await run(request, "delete", state, recordedOutput(state));
  },
};
