import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { detailedDiff } from "../protocol/detailedDiff";
import { hasUnknowns, isMap, plainMap, Secret, unknown, type PropertyMap } from "../protocol/propertyValue";
import { schemaFailures, withoutNulls } from "../protocol/schemaCheck";
import type { CheckRequest, CheckResult, ResourceHandler, ResourceRequest } from "../protocol/standIn";
import { commandSchema, connectionDefaults, inputNames } from "./commandInputs";
import { runOnHost, type CommandOutput } from "./runOnHost";

/** The inputs among recorded or given properties: no outputs, no nulls, nothing the engine adds for itself. */
function inputsOf(properties: PropertyMap): PropertyMap {
  return Object.fromEntries(Object.entries(withoutNulls(properties)).filter(([name]) => inputNames.includes(name)));
}

function check({ news }: CheckRequest): CheckResult {
  const given = withoutNulls(
    Object.fromEntries(Object.entries(news).filter(([name]) => name !== "version" && !name.startsWith("__"))),
  );
  const failures = schemaFailures(commandSchema, given);
  const inputs: PropertyMap = { ...given };
  const connection = given.connection instanceof Secret ? given.connection.value : given.connection;
  if (connection !== undefined) {
    // The whole connection is secret, as in the real provider's schema.
    inputs.connection = new Secret(isMap(connection) ? { ...connectionDefaults, ...connection } : connection);
  }
  return { inputs, failures };
}

/** Runs one of the resource's commands with the connection, stdin and environment of `properties`. */
async function run(
  request: ResourceRequest,
  command: "create" | "update" | "delete",
  properties: PropertyMap,
  previous: CommandOutput,
): Promise<CommandOutput> {
  const inputs = commandSchema.parse(plainMap(inputsOf(properties)));
  const text = inputs[command];
  if (text === undefined) return previous;
  const { urn, log, signal } = request;
  return runOnHost({ inputs, command: text, previous, urn, log, signal });
}

function recordedOutput(state: PropertyMap): CommandOutput {
  const { stdout, stderr } = plainMap(state);
  return { stdout: typeof stdout === "string" ? stdout : "", stderr: typeof stderr === "string" ? stderr : "" };
}

/** Whether an update's outputs are unknown in a preview: a recorded input is given another value or none. */
function outputsWillChange(state: PropertyMap, news: PropertyMap): boolean {
  return inputNames.some(
    (name) => hasUnknowns(news[name] ?? null) || (name in state && !isDeepStrictEqual(state[name], news[name])),
  );
}

/**
 * `command:remote:Command` as pulumi-command 1.2 behaves: any changed input runs `update`, or else `create`; a changed
 * trigger replaces; delete uses what the state recorded; refresh reads nothing.
 */
export const remoteCommand: ResourceHandler = {
  check,

  diff: ({ state, news, ignoreChanges }) => ({
    detailedDiff: detailedDiff(inputsOf(state), inputsOf(news), ["triggers"], ignoreChanges),
  }),

  async create({ inputs, preview, ...request }) {
    const id = `${request.name}${randomBytes(4).toString("hex")}`;
    if (preview) return { id, outputs: { ...inputs, stdout: unknown, stderr: unknown } };
    const output = await run(request, "create", inputs, { stdout: "", stderr: "" });
    return { id, outputs: { ...inputs, ...output } };
  },

  async update({ state, news, preview, ...request }) {
    const previous = recordedOutput(state);
    if (preview) {
      const output = outputsWillChange(state, news) ? { stdout: unknown, stderr: unknown } : previous;
      return { ...news, ...output };
    }
    const output = await run(request, "update" in inputsOf(news) ? "update" : "create", news, previous);
    return { ...news, ...output };
  },

  async delete({ state, ...request }) {
    await run(request, "delete", state, recordedOutput(state));
  },
};
