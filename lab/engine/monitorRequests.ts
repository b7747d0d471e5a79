/** What the engine does for each call of the program. Source: deploy/source_eval.go. */
import { CheckFailure } from "@pulumi/pulumi/proto/provider_pb";
import * as proto from "@pulumi/pulumi/proto/resource_pb";
import { newGoal } from "./goal";
import { readGoal, readProperties } from "./goalMessage";
import { setProviderVersion } from "./providerRegistry";
import { refuseBuiltIn, refuseOptions } from "./refusals";
import type { Registrar } from "./registrar";
import type { Run } from "./run";
import { isProviderType, packageOf } from "./urn";
import { fromWire, toWire } from "./values";

const replyOptions = { secrets: true, resources: true, unknowns: true };

export async function registerResource(
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

export async function readResource(
  registrar: Registrar,
  request: proto.ReadResourceRequest,
): Promise<proto.ReadResourceResponse> {
  refuseBuiltIn(request.getType());
  const goal = newGoal({
    type: request.getType(),
    name: request.getName(),
    custom: true,
    parent: request.getParent(),
    properties: readProperties(request.getProperties()),
    dependencies: request.getDependenciesList(),
    provider: request.getProvider(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
  });
  const provider = await registrar.resolveProvider(goal, request.getVersion());
  const { state } = await registrar.read({ ...goal, provider }, request.getId());
  return new proto.ReadResourceResponse().setUrn(state.urn).setProperties(toWire(state.outputs, replyOptions));
}

export async function invoke(
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
