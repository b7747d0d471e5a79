import * as grpc from "@grpc/grpc-js";
import { promisify } from "node:util";
import { messageOf } from "../../../base/errorMessage";

/** Properties can be large (certificates, manifests): the limit that the SDK and the engine set on their own side. */
const maximum = 400 * 1024 * 1024;
const options = { "grpc.max_receive_message_length": maximum, "grpc.max_send_message_length": maximum };

/** Serves on a free port of the loopback address. @returns that address, and what stops it. */
export async function serve(
  ...services: [grpc.ServiceDefinition, grpc.UntypedServiceImplementation][]
): Promise<{ address: string; stop: () => void }> {
  const server = new grpc.Server(options);
  services.forEach(([definition, implementation]) => server.addService(definition, implementation));
  const bind = promisify(server.bindAsync.bind(server));
  const port = await bind("127.0.0.1:0", grpc.ServerCredentials.createInsecure());
  return { address: `127.0.0.1:${port}`, stop: () => server.forceShutdown() };
}

/** An error that tells the caller more than its message. */
export class DetailedError extends Error {
  constructor(
    message: string,
    readonly metadata: grpc.Metadata,
  ) {
    super(message);
  }
}

/** A method that answers one request with one response, or with what it throws. */
export const unary =
  <Request, Response>(handle: (request: Request) => Response | Promise<Response>) =>
  ({ request }: grpc.ServerUnaryCall<Request, Response>, callback: grpc.sendUnaryData<Response>): void => {
    const fail = (error: unknown) => {
      const metadata = error instanceof DetailedError ? error.metadata : undefined;
      callback({ code: grpc.status.UNKNOWN, details: messageOf(error), metadata });
    };
    Promise.resolve(request)
      .then(handle)
      .then((response) => callback(null, response), fail);
  };
