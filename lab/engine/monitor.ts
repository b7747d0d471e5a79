/** The ResourceMonitor service: what the SDK calls while the program runs. Source: deploy/source_eval.go. */
import { type handleUnaryCall, status } from "@grpc/grpc-js";
import type { Alias as AliasMessage } from "@pulumi/pulumi/proto/alias_pb";
import { CallResponse, CheckFailure } from "@pulumi/pulumi/proto/provider_pb";
import type { IResourceMonitorServer } from "@pulumi/pulumi/proto/resource_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/resource_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { parseDuration } from "./duration";
import { type Alias, type Goal, newGoal } from "./goal";
import { setProviderVersion } from "./providerRegistry";
import { refuseBuiltIn, refuseOptions, RefusedError } from "./refusals";
import type { Registrar } from "./registrar";
import { messageOf } from "./rpc";
import { CancelledError, type Run } from "./run";
import type { CustomTimeouts } from "./state";
import { isProviderType, packageOf } from "./urn";
import { containsAsset, fromWire, type PropertyMap, toWire } from "./values";

/** Features of the protocol that are served; the SDK uses no other, or asks and is refused by name. */
const { ResourceMonitorFeature: feature } = proto;
const features = [
  feature.RESOURCE_MONITOR_FEATURE_SECRETS,
  feature.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
  feature.RESOURCE_MONITOR_FEATURE_OUTPUT_VALUES,
  feature.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
  feature.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
  // Said to be supported so that the refusal is this engine's own, not the SDK's advice to update the CLI.
  feature.RESOURCE_MONITOR_FEATURE_TRANSFORMS,
  feature.RESOURCE_MONITOR_FEATURE_INVOKE_TRANSFORMS,
  feature.RESOURCE_MONITOR_FEATURE_REPLACE_WITH,
  feature.RESOURCE_MONITOR_FEATURE_PARAMETERIZATION,
  feature.RESOURCE_MONITOR_FEATURE_RESOURCE_HOOKS,
  feature.RESOURCE_MONITOR_FEATURE_ERROR_HOOKS,
  feature.RESOURCE_MONITOR_FEATURE_STATE_MIGRATIONS,
];

const replyOptions = { secrets: true, resources: true, unknowns: true };

function readAlias(message: AliasMessage): Alias {
  const spec = message.getSpec();
  return {
    urn: message.getUrn(),
    name: spec?.getName() ?? "",
    type: spec?.getType() ?? "",
    stack: spec?.getStack() ?? "",
    project: spec?.getProject() ?? "",
    parent: spec?.getParenturn() ?? "",
    noParent: spec?.getNoparent() ?? false,
  };
}

function readProperties(struct: Parameters<typeof fromWire>[0], dependencies: Map<string, Set<string>>): PropertyMap {
  const properties = fromWire(struct, dependencies);
  if (containsAsset(properties)) {
    throw new RefusedError("assets and archives");
  }
  return properties;
}

function readTimeouts(message: proto.RegisterResourceRequest.CustomTimeouts | undefined): CustomTimeouts {
  const { create = "", update = "", pb_delete = "", read = "" } = message?.toObject() ?? {};
  const given = Object.entries({ create, update, delete: pb_delete, read }).filter(([, text]) => text !== "");
  return Object.fromEntries(given.map(([operation, text]) => [operation, parseDuration(text)]));
}

/** A registration as the engine understands it, before anything is inherited. */
function readGoal(request: proto.RegisterResourceRequest): Goal {
  const fromOutputs = new Map<string, Set<string>>();
  const properties = readProperties(request.getObject(), fromOutputs);
  const propertyDependencies: Record<string, string[]> = {};
  request.getPropertydependenciesMap().forEach((urns, key) => (propertyDependencies[key] = urns.getUrnsList()));
  for (const [key, urns] of fromOutputs) {
    propertyDependencies[key] = [...new Set([...(propertyDependencies[key] ?? []), ...urns])];
  }
  return newGoal({
    type: request.getType(),
    name: request.getName(),
    custom: request.getCustom(),
    parent: request.getParent(),
    properties,
    protect: request.hasProtect() ? request.getProtect() : undefined,
    dependencies: request.getDependenciesList(),
    provider: request.getProvider(),
    propertyDependencies,
    deleteBeforeReplace: request.getDeletebeforereplacedefined() ? request.getDeletebeforereplace() : undefined,
    ignoreChanges: request.getIgnorechangesList(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    aliases: request.getAliasesList().map(readAlias),
    customTimeouts: readTimeouts(request.getCustomtimeouts()),
    replaceOnChanges: request.getReplaceonchangesList(),
    retainOnDelete: request.hasRetainondelete() ? request.getRetainondelete() : undefined,
    deletedWith: request.getDeletedwith(),
  });
}

async function registerResource(
  registrar: Registrar,
  request: proto.RegisterResourceRequest,
): Promise<proto.RegisterResourceResponse> {
  refuseOptions(request);
  refuseBuiltIn(request.getType());
  const goal = registrar.inherit(readGoal(request));
  const isProvider = isProviderType(goal.type);
  const providers = new Map(request.getProvidersMap().toObject(false));
  if (isProvider && request.getVersion() !== "") {
    setProviderVersion(goal.properties, request.getVersion());
  }
  const provider = goal.custom && !isProvider ? await registrar.resolveProvider(goal, request.getVersion()) : "";
  const { state, succeeded } = await registrar.register({ ...goal, provider });
  if (!goal.custom) {
    registrar.setProviders(state.urn, providers);
  }
  const response = new proto.RegisterResourceResponse().setUrn(state.urn).setId(state.id);
  response.setResult(succeeded ? proto.Result.SUCCESS : proto.Result.FAIL);
  // Outputs of a component may refer to resources that are still to be registered.
  return response.setObject(toWire(goal.custom ? state.outputs : {}, replyOptions));
}

async function readResource(
  registrar: Registrar,
  request: proto.ReadResourceRequest,
): Promise<proto.ReadResourceResponse> {
  refuseBuiltIn(request.getType());
  const goal = newGoal({
    type: request.getType(),
    name: request.getName(),
    custom: true,
    parent: request.getParent(),
    properties: readProperties(request.getProperties(), new Map()),
    dependencies: request.getDependenciesList(),
    provider: request.getProvider(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
  });
  const provider = await registrar.resolveProvider(goal, request.getVersion());
  const { state } = await registrar.read({ ...goal, provider }, request.getId());
  return new proto.ReadResourceResponse().setUrn(state.urn).setProperties(toWire(state.outputs, replyOptions));
}

async function invoke(
  run: Run,
  registrar: Registrar,
  request: proto.ResourceInvokeRequest,
): Promise<proto.ResourceInvokeResponse> {
  const token = request.getTok();
  const args = fromWire(request.getArgs());
  if (token === "pulumi:pulumi:getResource") {
    const state = typeof args.urn === "string" ? run.news.get(args.urn) : undefined;
    if (state === undefined) {
      throw new Error(`resource ${JSON.stringify(args.urn)} is not registered in this run`);
    }
    const found = { urn: state.urn, id: state.id, state: state.outputs };
    return new proto.ResourceInvokeResponse().setReturn(toWire(found, replyOptions));
  }
  refuseBuiltIn(token);
  const goal = newGoal({
    type: token,
    name: "",
    custom: true,
    parent: request.getParent(),
    provider: request.getProvider(),
  });
  const reference = await registrar.resolveProvider(goal, request.getVersion());
  const client = run.registry.get(reference);
  if (client === undefined) {
    throw new Error(
      `function ${token} of package ${packageOf(token)} was called with the unknown provider ${reference}`,
    );
  }
  const { result, failures } = await client.invoke(token, args);
  const list = failures.map(({ property, reason }) => new CheckFailure().setProperty(property).setReason(reason));
  return new proto.ResourceInvokeResponse().setReturn(toWire(result, replyOptions)).setFailuresList(list);
}

/** The service. */
export function createMonitor(run: Run, registrar: Registrar, info: proto.DeploymentInfo): IResourceMonitorServer {
  info.setSupportedfeaturesList(features);

  /** An engine's own error ends the run; the program only learns that nobody listens any more. */
  function serve<Request, Response>(
    answer: (request: Request) => Response | Promise<Response>,
  ): handleUnaryCall<Request, Response> {
    return (call, callback) => {
      Promise.resolve(call.request)
        .then(answer)
        .then(
          (response) => {
            callback(null, response);
          },
          (error: unknown) => {
            if (!(error instanceof CancelledError)) {
              run.fail(error, "");
              run.cancel(messageOf(error));
            }
            callback({ code: status.UNAVAILABLE, details: "resource monitor shut down" });
          },
        );
    };
  }
  const refuse = <Request, Response>(what: string): handleUnaryCall<Request, Response> =>
    serve<Request, Response>(() => {
      throw new RefusedError(what);
    });

  return {
    getDeploymentInfo: serve(() => info),
    supportsFeature: serve(() => new proto.SupportsFeatureResponse().setHassupport(false)),
    registerResource: serve((request: proto.RegisterResourceRequest) => registerResource(registrar, request)),
    readResource: serve((request: proto.ReadResourceRequest) => readResource(registrar, request)),
    registerResourceOutputs: serve(async (request: proto.RegisterResourceOutputsRequest) => {
      await registrar.registerOutputs(request.getUrn(), readProperties(request.getOutputs(), new Map()));
      return new Empty();
    }),
    /** A failed call is the program's to handle: it goes back as it is. */
    invoke: (call, callback) => {
      invoke(run, registrar, call.request).then(
        (response) => {
          callback(null, response);
        },
        (error: unknown) => {
          callback({ code: status.UNKNOWN, details: messageOf(error) });
        },
      );
    },
    // Deletions need nothing of the program, so it may end before them; that it ended well is what they wait for.
    signalAndWaitForShutdown: serve(() => new Empty()),
    call: refuse<proto.ResourceCallRequest, CallResponse>("method calls (Call)"),
    existsResource: refuse("ExistsResource"),
    registerStackTransform: refuse("stack transforms"),
    registerStackInvokeTransform: refuse("invoke transforms"),
    registerResourceHook: refuse("resource hooks"),
    registerErrorHook: refuse("error hooks"),
    registerPackage: refuse("parameterized packages"),
  };
}
