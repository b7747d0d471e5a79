import * as net from "node:net";
import { createInterface } from "node:readline";
import type { Link } from "../options";
import { connectDelay, Direction } from "./shape";

// A process between the tools and the hosts' sshd that makes a slow network of a fast one. What to do comes as JSON on standard
// input; it says "ready" once all ports are open, and ends when its standard input does.

/** One host: where the proxy listens, and where it leads. */
export interface Passage {
  listen: { address: string; port: number };
  target: { address: string; port: number };
}

export interface ProxyPlan {
  link: Link;
  passages: Passage[];
}

/** Hands on what comes from one side, late and in its order; takes no more than the link holds. */
function relay(from: net.Socket, to: net.Socket, direction: Direction): void {
  // The empty chunk is the end. A timer only says that the next one is due: two timers of one moment have no order.
  const queue: Buffer[] = [];
  let underWay = 0;
  const send = (chunk: Buffer): void => {
    queue.push(chunk);
    underWay += chunk.length;
    if (underWay > direction.capacity) from.pause();
    setTimeout(arrive, direction.delay(chunk.length, performance.now()));
  };
  const arrive = (): void => {
    const chunk = queue.shift() ?? Buffer.alloc(0);
    underWay -= chunk.length;
    if (underWay <= direction.capacity) from.resume();
    if (to.destroyed) return;
    if (chunk.length === 0) to.end();
    else to.write(chunk);
  };
  from.on("data", send).on("end", () => send(Buffer.alloc(0)));
}

function serve({ listen, target }: Passage, link: Link): Promise<void> {
  const [there, back] = [new Direction(link), new Direction(link)];
  const server = net.createServer({ noDelay: true, allowHalfOpen: true, pauseOnConnect: true }, (client) => {
    client.on("error", () => undefined);
    setTimeout(() => {
      const host = net.connect({ host: target.address, port: target.port, noDelay: true, allowHalfOpen: true });
      // What is under way still arrives where the other side has ended as it should.
      const cut = (): void => void [client, host].forEach((socket) => socket.destroy());
      host.on("error", cut);
      client.on("error", cut);
      relay(client, host, there);
      relay(host, client, back);
      client.resume();
    }, connectDelay(link));
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(listen.port, listen.address, resolve);
  });
}

/** The first line of standard input. */
function readPlan(): Promise<ProxyPlan> {
  const lines = createInterface({ input: process.stdin });
  lines.on("close", () => process.exit(0));
  return new Promise((resolve) => lines.once("line", (line) => resolve(JSON.parse(line) as ProxyPlan)));
}

async function main(): Promise<void> {
  const { link, passages } = await readPlan();
  await Promise.all(passages.map((passage) => serve(passage, link)));
  console.log("ready");
}

if (require.main === module) {
  main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  });
}
