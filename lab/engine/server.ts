/** The engine's own gRPC server, on the loopback address. */
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { EngineService, type IEngineServer } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { type IResourceMonitorServer, ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import { channelOptions } from "./rpc";

export async function startServer(
  monitor: IResourceMonitorServer,
  engine: IEngineServer,
): Promise<{ address: string; stop: () => void }> {
  const server = new Server(channelOptions);
  server.addService(ResourceMonitorService, monitor);
  server.addService(EngineService, engine);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) {
        resolve(bound);
      } else {
        reject(error);
      }
    });
  });
  return {
    address: `127.0.0.1:${String(port)}`,
    stop: () => {
      server.forceShutdown();
    },
  };
}
