/** What the engine does for each call of the program. Source: deploy/source_eval.go. */
import * as proto from "@pulumi/pulumi/proto/resource_pb";
import { newGoal } from "./goal";
import { readGoal, readProperties } from "./goalMessage";
import { setProviderVersion } from "./providerRegistry";
import { refuseBuiltIn, refuseOptions } from "./refusals";
import type { Registrar } from "./registrar";
import { isProviderType } from "./urn";
import { toWire } from "./values";

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
