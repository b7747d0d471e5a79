import * as net from "node:net";
import { tryRun } from "./command";
import { LabError } from "./errors";

/** The port of a program that is not the lab's own yet must be free. */
export async function checkPortFree(address: string, port: number): Promise<void> {
  const taken = await new Promise<boolean>((resolve) => {
    const server = net.createServer();
    server.once("error", (error) => resolve("code" in error && error.code === "EADDRINUSE"));
    server.listen(port, address, () => server.close(() => resolve(false)));
  });
  if (!taken) return;
  const owner = await tryRun("ss", [
    ...["--no-header", "--listening", "--tcp", "--numeric", "--processes"],
    `sport = :${port} and ( src ${address} or src 0.0.0.0 or src [::] )`,
  ]);
  throw new LabError(
    `port ${port} of ${address}: in use\n${owner.stdout.trim()}`,
    "end that program, or keep it from listening on all addresses; `lab down` ends what an earlier lab has left",
  );
}
