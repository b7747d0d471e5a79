import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Server, type Connection, type ServerChannel, type Session } from "ssh2";
import { newSshKey } from "../../lab/hosts/sshKey";
import type { BenchHost } from "../benchHost";
import type { SimulatedHost } from "./simulatedHost";

/** What was done to the hosts so far. */
export interface SshCounts {
  connections: number;
  commands: number;
  receivedBytes: number;
  sentBytes: number;
}

/** The loopback address of the host at that place. @example addressOf(1000) // "127.232.4.1" */
function addressOf(index: number): string {
  return `127.232.${Math.floor(index / 250)}.${1 + (index % 250)}`;
}

/** An SSH server for each simulated host, with a host key of its own. They let everybody in: nothing of this machine is behind them. */
export class SshServers {
  readonly counts: SshCounts = { connections: 0, commands: 0, receivedBytes: 0, sentBytes: 0 };
  private readonly servers: Server[] = [];
  private readonly open = new Set<Connection>();

  /** @param delayMs how long each command takes on a host. */
  constructor(private readonly delayMs: number) {}

  /** Starts the server of a host, on a loopback address of its own and a free port. */
  async start(host: SimulatedHost, index: number): Promise<BenchHost> {
    const key = newSshKey("");
    const server = new Server({ hostKeys: [key.private] }, (client) => this.serve(client, host));
    await new Promise<void>((resolve, reject) => {
      server.on("error", reject).listen(0, addressOf(index), resolve);
    });
    this.servers.push(server);
    const { address, port } = server.address() as AddressInfo;
    return { name: host.name, address, port, hostKey: key.public.trim().split(" ").slice(0, 2).join(" ") };
  }

  stop(): void {
    this.open.forEach((client) => client.end());
    this.servers.forEach((server) => server.close());
  }

  private serve(client: Connection, host: SimulatedHost): void {
    this.counts.connections++;
    this.open.add(client);
    client.on("close", () => this.open.delete(client)).on("error", () => undefined);
    client.on("authentication", (context) => {
      if (context.method === "publickey") context.accept();
      else context.reject(["publickey"]);
    });
    client.on("session", (accept) => this.serveSession(accept(), host));
  }

  private serveSession(session: Session, host: SimulatedHost): void {
    session.on("env", (accept) => (accept as (() => void) | undefined)?.());
    session.on("exec", (accept, _reject, { command }) => {
      this.counts.commands++;
      const channel = accept();
      const input: Buffer[] = [];
      channel.on("data", (chunk: Buffer) => input.push(chunk)).on("error", () => undefined);
      channel.on("end", () => void this.answer(channel, host, command, Buffer.concat(input)));
    });
  }

  private async answer(channel: ServerChannel, host: SimulatedHost, command: string, input: Buffer): Promise<void> {
    this.counts.receivedBytes += input.length;
    if (this.delayMs > 0) await sleep(this.delayMs);
    const { output, code } = answerOf(host, command, input.toString());
    this.counts.sentBytes += output.length;
    channel.write(output);
    channel.exit(code);
    channel.end();
  }
}

/** What the simulation does not know is an error of the run, with its reason. */
function answerOf(host: SimulatedHost, command: string, input: string): { output: string; code: number } {
  try {
    return host.run(command, input);
  } catch (error) {
    return { output: `simulation: ${String(error)}\n`, code: 1 };
  }
}
