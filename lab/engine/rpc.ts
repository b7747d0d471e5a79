/** gRPC as the engine uses it: unary calls as promises, errors with what providers attach to them. */
import * as grpc from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { promisify } from "node:util";
import type { LiveResource } from "./providerAnswers";
import { fromWire } from "./values";

/** Properties can be large (certificates, manifests): the limit the SDK sets on its own side. */
const maximum = 400 * 1024 * 1024;
export const channelOptions = { "grpc.max_receive_message_length": maximum, "grpc.max_send_message_length": maximum };
export const insecure = grpc.credentials.createInsecure();

/** A failed call to a plugin. */
export class RpcError extends Error {
  constructor(
    message: string,
    readonly code: grpc.status,
    /** What exists of a resource whose creation, update or read went wrong half-way. */
    readonly partial?: LiveResource,
  ) {
    super(message);
  }
}

function convert(error: grpc.ServiceError): RpcError {
  const raw = error.metadata.get("grpc-status-details-bin").map((bytes) => Buffer.from(bytes));
  const details = raw.flatMap((bytes) => Status.deserializeBinary(bytes).getDetailsList());
  const type = "pulumirpc.ErrorResourceInitFailed";
  const read = (bytes: Uint8Array) => ErrorResourceInitFailed.deserializeBinary(bytes);
  const [failure] = details.flatMap((detail) => detail.unpack(read, type) ?? []);
  if (failure === undefined) return new RpcError(error.details || error.message, error.code);
  const initErrors = failure.getReasonsList();
  const partial = { id: failure.getId(), outputs: fromWire(failure.getProperties()), initErrors };
  return new RpcError(initErrors.join("\n") || error.details, error.code, partial);
}

/** Calls a method of a service. @throws RpcError */
export function call<Request, Response>(
  client: grpc.Client,
  { path, requestSerialize, responseDeserialize }: grpc.MethodDefinition<Request, Response>,
  request: Request,
  options: Partial<grpc.CallOptions> = {},
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const done: grpc.requestCallback<Response> = (error, response) => {
      if (error !== null) reject(convert(error));
      else resolve(response as Response);
    };
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, new grpc.Metadata(), options, done);
  });
}

/** Serves on a free port of the loopback address. @returns that address, and what stops it. */
export async function serve(
  ...services: [grpc.ServiceDefinition, grpc.UntypedServiceImplementation][]
): Promise<{ address: string; stop: () => void }> {
  const server = new grpc.Server(channelOptions);
  services.forEach(([definition, implementation]) => server.addService(definition, implementation));
  const bind = promisify(server.bindAsync.bind(server));
  const port = await bind("127.0.0.1:0", grpc.ServerCredentials.createInsecure());
  return { address: `127.0.0.1:${port}`, stop: () => server.forceShutdown() };
}

/** Answers a call in the stead of a plugin that does not have it; any other failure stays one. */
export const otherwise =
  <Answer>(answer: Answer) =>
  (error: unknown): Answer => {
    if (error instanceof RpcError && error.code === grpc.status.UNIMPLEMENTED) return answer;
    throw error;
  };
