import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { bundledText } from "../../host/scriptText";
import { freePort } from "../cluster/fakeApiServer";
import { Sandbox, shells } from "../support/sandbox";

/** Answers a connection where as much came first, in one piece, as makes 1400 bytes with the headers of IP and TCP, and each datagram. A process of its own: the tests' waits for the shell. */
const server = `
const seen = (socket) => socket.once("data", (data) => data.length === 1348 && socket.end("HTTP/1.0 400")).on("error", () => undefined);
const tcp = require("net").createServer(seen).listen(0, "127.0.0.1", () => {
  const { port } = tcp.address();
  const udp = require("dgram").createSocket("udp4");
  udp.on("message", (data, from) => udp.send(data, from.port, from.address));
  udp.bind(port, "127.0.0.1", () => console.log(port));
});`;

describe.each(shells)("a connection under %s, by the real bash", (_name, shell) => {
  let host: Sandbox;
  let answering: ChildProcess;
  let port: string;
  beforeAll(async () => {
    answering = spawn(process.execPath, ["-e", server], { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = (await once(answering.stdout ?? answering, "data")) as [Buffer];
    port = String(line).trim();
  });
  afterAll(() => answering.kill());
  beforeEach(() => (host = new Sandbox("bash")));
  afterEach(() => host.remove());

  const connect = (kind: string, at: string, namespace = ""): string => {
    const text = `${bundledText("base/scripts/prelude.sh")}${bundledText("render/scripts/connections.sh")}`;
    return host.run(`${text}connect '${namespace}' ${kind} '${at}'\n`, shell).stdout.trim();
  };

  test.each(["tcp", "large", "dns"])("is made, and what is sent answered (%s)", (kind) => {
    expect(connect(kind, `127.0.0.1:${port}`)).toBe("connected");
  });

  test.each(["tcp", "large", "dns"])("is refused where nobody listens (%s)", async (kind) => {
    expect(connect(kind, `127.0.0.1:${await freePort()}`)).toBe("refused");
  });

  test("that gets no answer is given up", () => {
    host.command("timeout", "exit 124");
    expect(connect("tcp", `127.0.0.1:${port}`)).toBe("no answer");
  });

  test("of IPv6 is written in brackets, and what the kernel says is told", () => {
    expect(connect("tcp", `[100::1]:${port}`)).toMatch(
      /^(no answer|Network is unreachable|Cannot assign requested address|No route to host)$/,
    );
  });

  test("is made in the namespace that is given", () => {
    host.command("nsenter", 'shift; exec "$@"');
    expect(connect("tcp", `127.0.0.1:${port}`, "/run/netns/x")).toBe("connected");
    expect(host.read("/calls")).toContain("nsenter --net=/run/netns/x timeout 2 bash -c");
  });
});
