/** The ResourceMonitor service: what the SDK calls while the program runs. Source: deploy/source_eval.go. */
import { type handleUnaryCall, status } from "@grpc/grpc-js";
import type { CallResponse } from "@pulumi/pulumi/proto/provider_pb";
import type { IResourceMonitorServer } from "@pulumi/pulumi/proto/resource_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/resource_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { readProperties } from "./goalMessage";
import { readResource, registerResource } from "./monitorRequests";
import { RefusedError } from "./refusals";
import type { Registrar } from "./registrar";
import { messageOf } from "./rpc";
import { CancelledError, type Run } from "./run";

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

type Answer<Request, Response> = (request: Request) => Response | Promise<Response>;

/** Serves a call; an engine's own error ends the run, and the program only learns that nobody listens any more. */
function serveWith(run: Run) {
  return <Request, Response>(answer: Answer<Request, Response>): handleUnaryCall<Request, Response> =>
    (call, callback) => {
      const fail = (error: unknown): void => {
        if (!(error instanceof CancelledError)) {
          run.fail(error, "");
          run.cancel(messageOf(error));
        }
        callback({ code: status.UNAVAILABLE, details: "resource monitor shut down" });
      };
      const reply = (response: Response): void => {
        callback(null, response);
      };
      Promise.resolve(call.request).then(answer).then(reply, fail);
    };
}

/** The service. */
export function createMonitor(run: Run, registrar: Registrar, info: proto.DeploymentInfo): IResourceMonitorServer {
  info.setSupportedfeaturesList(features);

  const serve = serveWith(run);
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
      await registrar.registerOutputs(request.getUrn(), readProperties(request.getOutputs()));
      return new Empty();
    }),
    // Deletions need nothing of the program, so it may end before them; that it ended well is what they wait for.
    signalAndWaitForShutdown: serve(() => new Empty()),
    invoke: refuse("function calls (Invoke)"),
    call: refuse<proto.ResourceCallRequest, CallResponse>("method calls (Call)"),
    existsResource: refuse("ExistsResource"),
    registerStackTransform: refuse("stack transforms"),
    registerStackInvokeTransform: refuse("invoke transforms"),
    registerResourceHook: refuse("resource hooks"),
    registerErrorHook: refuse("error hooks"),
    registerPackage: refuse("parameterized packages"),
  };
}
