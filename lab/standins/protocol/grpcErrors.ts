import * as grpc from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { toStruct } from "./propertyValue";
import { PartialFailure } from "./standIn";

/** A refusal to be sent with its own gRPC status code. */
export class Refusal extends Error {
  constructor(
    message: string,
    readonly code = grpc.status.INVALID_ARGUMENT,
  ) {
    super(message);
  }
}

/**
 * `error` as a gRPC status. A {@link PartialFailure} carries `pulumirpc.ErrorResourceInitFailed` in
 * `grpc-status-details-bin`, as Pulumi's own SDKs send it, so that the engine keeps the resource.
 */
export function toGrpcError(error: unknown, keepSecrets: boolean): Partial<grpc.StatusObject> {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Refusal) return { code: error.code, details: message };
  if (!(error instanceof PartialFailure)) return { code: grpc.status.UNKNOWN, details: message };
  const detail = new ErrorResourceInitFailed()
    .setId(error.id)
    .setProperties(toStruct(error.outputs, keepSecrets))
    .setReasonsList([message]);
  const any = new Any();
  any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new Status();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(message);
  status.addDetails(any);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return { code: grpc.status.UNKNOWN, details: message, metadata };
}
