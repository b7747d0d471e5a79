/** The Engine service: messages of the program and of providers. Source: pkg/resource/plugin/host_server.go. */
import { type handleUnaryCall, status } from "@grpc/grpc-js";
import type { IEngineServer } from "@pulumi/pulumi/proto/engine_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/engine_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Severity } from "./run";

const severities: Severity[] = ["debug", "info", "warning", "error"];

/** @param log told every message that is meant to stay; passing notes of progress are left out. */
export function createEngineService(log: (severity: Severity, message: string, urn: string) => void): IEngineServer {
  let root = "";
  const reply =
    <Request, Response>(answer: (request: Request) => Response): handleUnaryCall<Request, Response> =>
    (call, callback) => {
      callback(null, answer(call.request));
    };
  return {
    log: reply((request: proto.LogRequest) => {
      if (!request.getEphemeral()) {
        log(severities[request.getSeverity()] ?? "info", request.getMessage(), request.getUrn());
      }
      return new Empty();
    }),
    getRootResource: reply(() => new proto.GetRootResourceResponse().setUrn(root)),
    setRootResource: reply((request: proto.SetRootResourceRequest) => {
      root = request.getUrn();
      return new proto.SetRootResourceResponse();
    }),
    startDebugging: (_call, callback) => {
      callback({ code: status.UNIMPLEMENTED, details: "the lab's engine does not support debugging plugins" });
    },
    // Not UNIMPLEMENTED: the SDK would then advise to update the CLI.
    requirePulumiVersion: (_call, callback) => {
      callback({
        code: status.FAILED_PRECONDITION,
        details: "the lab's engine is not the Pulumi CLI and has no version of it",
      });
    },
  };
}
