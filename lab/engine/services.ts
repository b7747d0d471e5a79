/**
 * What the program and the plugins call: the ResourceMonitor and the Engine service of Pulumi's protocol.
 * Source: pkg/resource/deploy/source_eval.go, pkg/resource/plugin/host_server.go.
 */
import { type handleUnaryCall, status } from "@grpc/grpc-js";
import type { IEngineServer } from "@pulumi/pulumi/proto/engine_grpc_pb";
import * as engineProto from "@pulumi/pulumi/proto/engine_pb";
import type { CallResponse } from "@pulumi/pulumi/proto/provider_pb";
import type { IResourceMonitorServer } from "@pulumi/pulumi/proto/resource_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/resource_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { once } from "node:events";
import { messageOf } from "../machine/errors";
import { organization } from "./program";
import type { Registrar } from "./registrar";
import { RefusedError } from "./registration";
import { CancelledError, type Run } from "./run";

/** All are said to be served: what is not is refused by this engine, by name, where the SDK would advise to update the CLI. */
const features = Object.values(proto.ResourceMonitorFeature).filter((feature) => typeof feature === "number");

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
      Promise.resolve(call.request)
        .then(answer)
        .then((response) => callback(null, response), fail);
    };
}

export function createMonitor(run: Run, registrar: Registrar): IResourceMonitorServer {
  const { project, stack, dryRun, parallel } = run.options;
  const info = new proto.DeploymentInfo().setProject(project).setStack(stack).setOrganization(organization);
  info.setDryrun(dryRun).setParallel(parallel).setSupportedfeaturesList(features);
  const serve = serveWith(run);
  const refuse = <Request, Response>(what: string): handleUnaryCall<Request, Response> =>
    serve<Request, Response>(() => {
      throw new RefusedError(what);
    });
  return {
    getDeploymentInfo: serve(() => info),
    supportsFeature: refuse("so old a version of @pulumi/pulumi"),
    registerResource: serve((request: proto.RegisterResourceRequest) => registrar.register(request)),
    readResource: serve((request: proto.ReadResourceRequest) => registrar.read(request)),
    registerResourceOutputs: serve(async (request: proto.RegisterResourceOutputsRequest) => {
      await registrar.registerOutputs(request);
      return new Empty();
    }),
    signalAndWaitForShutdown: serve(async () => {
      run.events.emit("programComplete");
      await once(run.events, "over");
      return new Empty();
    }),
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

const severities = ["debug", "info", "warning", "error"] as const;

/** Messages of the program and of plugins; passing notes of progress are left out. */
export function createEngineService(run: Run): IEngineServer {
  let root = "";
  const reply =
    <Request, Response>(answer: (request: Request) => Response): handleUnaryCall<Request, Response> =>
    (call, callback) =>
      callback(null, answer(call.request));
  return {
    log: reply((request: engineProto.LogRequest) => {
      const severity = severities[request.getSeverity()] ?? "info";
      if (!request.getEphemeral()) run.events.emit("log", severity, request.getMessage(), request.getUrn());
      return new Empty();
    }),
    getRootResource: reply(() => new engineProto.GetRootResourceResponse().setUrn(root)),
    setRootResource: reply((request: engineProto.SetRootResourceRequest) => {
      root = request.getUrn();
      return new engineProto.SetRootResourceResponse();
    }),
    startDebugging: (_call, callback) => {
      callback({ code: status.UNIMPLEMENTED, details: "the lab's engine does not support debugging plugins" });
    },
    // Not UNIMPLEMENTED: the SDK would then advise to update the CLI.
    requirePulumiVersion: (_call, callback) => {
      const details = "the lab's engine is not the Pulumi CLI and has no version of it";
      callback({ code: status.FAILED_PRECONDITION, details });
    },
  };
}
