/** gRPC as the engine uses it: unary calls as promises, errors with what providers attach to them. */
import { credentials, type Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { ConfigureErrorMissingKeys, ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { fromWire, type PropertyMap } from "./values";

/** Properties can be large (certificates, manifests): the limit the SDK sets on its own side. */
export const channelOptions = {
  "grpc.max_receive_message_length": 400 * 1024 * 1024,
  "grpc.max_send_message_length": 400 * 1024 * 1024,
};
export const insecure = credentials.createInsecure();

/** What exists of a resource whose creation or update went wrong half-way. */
export interface InitFailure {
  id: string;
  properties: PropertyMap;
  reasons: string[];
}

/** A failed call to a plugin. */
export class RpcError extends Error {
  constructor(
    message: string,
    readonly code: status,
    readonly initFailure?: InitFailure,
  ) {
    super(message);
  }
}

function readDetails(metadata: Metadata): { initFailure?: InitFailure; missingKeys: string[] } {
  const missingKeys: string[] = [];
  let initFailure: InitFailure | undefined;
  for (const raw of metadata.get("grpc-status-details-bin")) {
    for (const detail of Status.deserializeBinary(Buffer.from(raw)).getDetailsList()) {
      const init = detail.unpack(
        (bytes) => ErrorResourceInitFailed.deserializeBinary(bytes),
        "pulumirpc.ErrorResourceInitFailed",
      );
      if (init !== null) {
        initFailure = { id: init.getId(), properties: fromWire(init.getProperties()), reasons: init.getReasonsList() };
      }
      const keys = detail.unpack(
        (bytes) => ConfigureErrorMissingKeys.deserializeBinary(bytes),
        "pulumirpc.ConfigureErrorMissingKeys",
      );
      for (const key of keys?.getMissingkeysList() ?? []) {
        missingKeys.push(`${key.getName()} (${key.getDescription()})`);
      }
    }
  }
  return { ...(initFailure && { initFailure }), missingKeys };
}

function convert(error: ServiceError): RpcError {
  const { initFailure, missingKeys } = readDetails(error.metadata);
  const message =
    missingKeys.length > 0
      ? `the provider lacks configuration: ${missingKeys.join(", ")}; set it with "pulumi config set" or on the provider`
      : (initFailure?.reasons.join("\n") ?? "") || error.details || error.message;
  return new RpcError(message, error.code, initFailure);
}

/** Turns a call with a callback into a promise; rejects with RpcError. */
export function unary<Response>(
  send: (callback: (error: ServiceError | null, response: Response) => void) => unknown,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    send((error, response) => {
      if (error === null) {
        resolve(response);
      } else {
        reject(convert(error));
      }
    });
  });
}

export const isUnimplemented = (error: unknown): boolean =>
  error instanceof RpcError && error.code === status.UNIMPLEMENTED;

/** The message of anything thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
