import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { readFileSync } from "node:fs";
import type { Log } from "./engineLog";
import { serve, unary } from "./rpc";
import { isFirstOfRun } from "./saidOnce";
import type { Call, ResourceHandler, StandIn } from "./standIn";
import { fromWire, revealMap, type PropertyMap } from "./values";
import { writeChecked, writeDiff } from "./wire";

/** Sent as the plugin's version: its SDK's, so that the engine finds it recent enough; the build part says what it is. */
function standInVersion(name: string): string {
  const file = readFileSync(require.resolve(`@pulumi/${name}/package.json`), "utf8");
  return `${(JSON.parse(file) as { version: string }).version}+stand-in`;
}

/** A URN is `urn:pulumi:STACK::PROJECT::PARENT_TYPE$TYPE::NAME`. */
const typeOf = (urn: string): string => urn.split("::")[2]?.split("$").at(-1) ?? "";
const nameOf = (urn: string): string => urn.split("::").slice(3).join("::");

function handlerOf({ name, resources }: StandIn, urn: string): ResourceHandler {
  const handler = resources[typeOf(urn)];
  if (handler !== undefined) return handler;
  throw new Error(
    `the stand-in for the ${name} plugin does not serve ${typeOf(urn)}, only ${Object.keys(resources).join(", ")}; ` +
      `install the real plugin (pulumi plugin install resource ${name}) to use this type`,
  );
}

const clear = (struct: Struct | undefined): PropertyMap => revealMap(fromWire(struct));

/** The methods that are about the provider itself. */
function providerMethods(standIn: StandIn, log: Log, cancellation: AbortController) {
  const { name, acceptSecrets, checkConfig, diffConfig } = standIn;
  return {
    getPluginInfo: unary(() => new PluginInfo().setVersion(standInVersion(name))),
    cancel: unary(() => {
      cancellation.abort(new Error("the operation was cancelled"));
      return new Empty();
    }),
    checkConfig: unary((request: proto.CheckRequest) => {
      const inputs = fromWire(request.getNews());
      return writeChecked({ inputs, failures: checkConfig?.(revealMap(inputs)) ?? [] });
    }),
    ...(diffConfig && {
      diffConfig: unary((request: proto.DiffRequest) =>
        writeDiff(diffConfig(clear(request.getOlds()), clear(request.getNews()))),
      ),
    }),
    configure: unary(async (request: proto.ConfigureRequest) => {
      standIn.configure?.(clear(request.getArgs()));
      if (isFirstOfRun(name)) await log.write("info", `${name}: served by a stand-in, not by the real plugin`);
      return new proto.ConfigureResponse().setAcceptsecrets(acceptSecrets).setSupportspreview(true);
    }),
  };
}

/** The methods that are about a resource; properties reach a handler without secret marks when the real one takes none. */
function resourceMethods(standIn: StandIn, log: Log, { signal }: AbortController) {
  const take = standIn.acceptSecrets ? fromWire : clear;
  const callOf = (urn: string, rest: Partial<Call>): Call => {
    return { urn, name: nameOf(urn), id: "", state: {}, inputs: {}, preview: false, log, signal, ...rest };
  };
  return {
    check: unary((request: proto.CheckRequest) =>
      writeChecked(handlerOf(standIn, request.getUrn()).check(take(request.getNews()))),
    ),
    diff: unary((request: proto.DiffRequest) => {
      const [state, news] = [take(request.getOlds()), take(request.getNews())];
      return writeDiff(handlerOf(standIn, request.getUrn()).diff(state, news, request.getIgnorechangesList()));
    }),
    create: unary(async (request: proto.CreateRequest) => {
      const [urn, inputs, preview] = [request.getUrn(), take(request.getProperties()), request.getPreview()];
      const { id, outputs } = await handlerOf(standIn, urn).create(callOf(urn, { inputs, preview }));
      return new proto.CreateResponse().setId(id).setProperties(Struct.fromJavaScript(outputs));
    }),
    read: unary(async (request: proto.ReadRequest) => {
      const [urn, id, state] = [request.getUrn(), request.getId(), take(request.getProperties())];
      const inputs = take(request.getInputs());
      if (Object.keys(state).length === 0) throw new Error("the stand-ins import nothing; the real plugins do");
      const recorded = { id, outputs: state, inputs };
      const found = (await handlerOf(standIn, urn).read?.(callOf(urn, { id, state, inputs }))) ?? recorded;
      if (found.id === "") return new proto.ReadResponse();
      const response = new proto.ReadResponse().setId(found.id).setProperties(Struct.fromJavaScript(found.outputs));
      return response.setInputs(Struct.fromJavaScript(found.inputs ?? inputs));
    }),
    update: unary(async (request: proto.UpdateRequest) => {
      const [urn, state, inputs] = [request.getUrn(), take(request.getOlds()), take(request.getNews())];
      const call = callOf(urn, { id: request.getId(), state, inputs, preview: request.getPreview() });
      return new proto.UpdateResponse().setProperties(
        Struct.fromJavaScript(await handlerOf(standIn, urn).update(call)),
      );
    }),
    delete: unary(async (request: proto.DeleteRequest) => {
      const [urn, state] = [request.getUrn(), take(request.getProperties())];
      await handlerOf(standIn, urn).delete?.(callOf(urn, { id: request.getId(), state }));
      return new Empty();
    }),
  };
}

/**
 * Serves the stand-in on a free loopback port: marshalling here, behaviour in the {@link StandIn}. gRPC answers
 * UNIMPLEMENTED to methods that are not there, which the engine understands.
 * @returns its address, and what stops it.
 */
export function startPluginServer(standIn: StandIn, log: Log): ReturnType<typeof serve> {
  const cancellation = new AbortController();
  const methods = { ...providerMethods(standIn, log, cancellation), ...resourceMethods(standIn, log, cancellation) };
  return serve([ResourceProviderService, methods]);
}
