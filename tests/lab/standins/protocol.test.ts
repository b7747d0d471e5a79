import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { makeSecret } from "../../../lab/engine/values";
import { installStandIns } from "../../../lab/standins/install";
import { tlsStandIn } from "../../../lab/standins/tls";
import { PluginClient } from "./pluginClient";

const root = resolve(__dirname, "../../..");
/** Lets Node run TypeScript as the build would compile it, so that the plugins run as the processes they are. */
const typescriptHook = `
const swc = require(${JSON.stringify(require.resolve("@swc/core"))});
require.extensions[".ts"] = (module, file) => module._compile(swc.transformFileSync(file, {
  jsc: { target: "es2022", parser: { syntax: "typescript" } }, module: { type: "commonjs" } }).code, file);
`;

describe("a plugin", () => {
  test("answers with the real provider's features and its SDK's version, marked as a stand-in", async () => {
    const client = await PluginClient.serve(tlsStandIn, "tls:index/privateKey:PrivateKey");
    try {
      const sdk = JSON.parse(readFileSync(require.resolve("@pulumi/tls/package.json"), "utf8")) as { version: string };
      expect(await client.version()).toBe(`${sdk.version}+stand-in`);
      const answer = await client.configure();
      expect([answer.getAcceptsecrets(), answer.getSupportspreview()]).toEqual([false, true]);
      expect(client.log.lines).toEqual(["info: tls: served by a stand-in, not by the real plugin"]);
    } finally {
      client.close();
    }
  });

  test("takes a marked secret even where the provider wants none, and gives it back as one", async () => {
    const client = await PluginClient.serve(tlsStandIn, "tls:index/certRequest:CertRequest");
    try {
      await client.configure();
      const news = { privateKeyPem: makeSecret("pem") };
      expect(await client.check(news)).toEqual({ inputs: news, failures: [] });
    } finally {
      client.close();
    }
  });
});

describe("as a process", () => {
  let directory: string;
  beforeEach(() => (directory = mkdtempSync(join(tmpdir(), "standins-"))));
  afterEach(() => rmSync(directory, { recursive: true }));

  /** Starts an Engine service that keeps the log lines it is sent. */
  async function startEngine(): Promise<{ server: grpc.Server; address: string; lines: string[] }> {
    const [server, lines] = [new grpc.Server(), [] as string[]];
    const log: grpc.handleUnaryCall<LogRequest, Empty> = (call, callback) => {
      lines.push(call.request.getMessage());
      callback(null, new Empty());
    };
    server.addService(EngineService, { log });
    const port = await new Promise<number>((done, fail) => {
      server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
        error ? fail(error) : done(bound),
      );
    });
    return { server, address: `127.0.0.1:${port}`, lines };
  }

  test("an installed executable prints its port, serves, logs to the engine, and ends with its parent", async () => {
    const hook = join(directory, "hook.cjs");
    writeFileSync(hook, typescriptHook);
    // Stands where the build's tls.js would: the same module, compiled on the fly.
    const entry = join(root, "lab/standins/tls.ts");
    writeFileSync(
      join(directory, "tls.js"),
      `require(${JSON.stringify(hook)});\nprocess.argv[1] = ${JSON.stringify(entry)};\n` +
        `const { runPlugin } = require(${JSON.stringify(join(root, "lab/standins/protocol/runPlugin"))});\n` +
        `void runPlugin(require(${JSON.stringify(entry)}).tlsStandIn);\n`,
    );
    const [executable = ""] = await installStandIns(join(directory, "bin dir"), ["tls"], directory);
    expect(executable).toMatch(/pulumi-resource-tls$/);
    expect(statSync(executable).mode & 0o777).toBe(0o755);
    const engine = await startEngine();
    // The shell between stands for an engine that dies: the plugin must not outlive it.
    const shell = spawn("sh", ["-c", `"$0" "$1" & wait`, executable, engine.address], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      const port = await new Promise<string>((done) =>
        shell.stdout.once("data", (data: Buffer) => done(data.toString())),
      );
      expect(port).toMatch(/^\d+\n$/);
      const client = PluginClient.connect(Number(port), "tls:index/privateKey:PrivateKey");
      await client.configure();
      const { outputs } = await client.create({ algorithm: "ECDSA", ecdsaCurve: "P256" });
      expect(outputs.publicKeyOpenssh).toMatch(/^ecdsa-sha2-nistp256 /);
      expect(engine.lines).toEqual(["tls: served by a stand-in, not by the real plugin"]);
      // The plugin holds the pipe open for as long as it lives.
      const ended = new Promise((done) => shell.stdout.once("end", done));
      shell.kill("SIGKILL");
      await ended;
      client.close();
    } finally {
      shell.kill("SIGKILL");
      engine.server.forceShutdown();
    }
  }, 30_000);
});
