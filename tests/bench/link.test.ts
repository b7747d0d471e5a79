import { spawn } from "node:child_process";
import { once } from "node:events";
import * as net from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { ProxyPlan } from "../../bench/link/proxy";
import { connectDelay, Direction } from "../../bench/link/shape";

const link = { roundTripMs: 100, bitsPerSecond: 8_000_000 };

test("what is sent waits its turn, takes its time to send, and travels half of the round trip", () => {
  const direction = new Direction(link);
  expect(direction.delay(1000, 0)).toBe(51);
  expect(direction.delay(1000, 0)).toBe(52);
  expect(direction.delay(1000, 100)).toBe(51);
  expect(connectDelay(link)).toBe(150);
});

test("the proxy hands on everything in its order, late and no faster than the link, and ends with its starter", async () => {
  const echo = net.createServer({ allowHalfOpen: true }, (socket) => void socket.pipe(socket)).listen(0, "127.0.0.1");
  await once(echo, "listening");
  const port = (echo.address() as AddressInfo).port;
  const listen = { address: "127.0.0.7", port: port === 65535 ? 1024 : port + 1 };
  const plan: ProxyPlan = { link, passages: [{ listen, target: { address: "127.0.0.1", port } }] };
  const proxy = spawn("node", [join(__dirname, "../../dist/bench/link/proxy.js")], { stdio: "pipe" });
  proxy.stdin.write(`${JSON.stringify(plan)}\n`);
  await once(proxy.stdout, "data");
  const sent = Buffer.from(Array.from({ length: 500_000 }, (_, at) => (at * 7) % 251));
  const started = performance.now();
  const client = net.connect({ host: listen.address, port: listen.port });
  client.end(sent);
  const received: Buffer[] = [];
  for await (const chunk of client) received.push(chunk as Buffer);
  const milliseconds = performance.now() - started;
  expect(Buffer.concat(received).equals(sent)).toBe(true);
  // The connection 150 ms, half a megabyte at a megabyte a second 500 ms, the way there and back 100 ms.
  expect(milliseconds).toBeGreaterThan(740);
  expect(milliseconds).toBeLessThan(3000);
  proxy.stdin.end();
  expect(await once(proxy, "close")).toEqual([0, null]);
  echo.close();
});
