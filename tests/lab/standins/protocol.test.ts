import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { CheckRequest, type CheckResponse } from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { installStandIns } from "../../../lab/standins/install";
import { detailedDiff } from "../../../lab/standins/protocol/detailedDiff";
import { fromStruct, Secret, toStruct, unknown } from "../../../lab/standins/protocol/propertyValue";
import { tlsStandIn } from "../../../lab/standins/tls";
import { PluginClient } from "./pluginClient";

const root = resolve(__dirname, "../../..");
const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const unknownString = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Lets Node run TypeScript as the build would compile it, so that the plugins run as the processes they are. */
const typescriptHook = `
const swc = require(${JSON.stringify(require.resolve("@swc/core"))});
require.extensions[".ts"] = (module, file) => module._compile(swc.transformFileSync(file, {
  jsc: { target: "es2022", parser: { syntax: "typescript" } }, module: { type: "commonjs" } }).code, file);
`;

describe("property values", () => {
  test("secrets, unknowns and output values are what Pulumi's envelopes say", () => {
    const struct = Struct.fromJavaScript({
      plain: [1, null, { a: true }],
      secret: { [signature]: secretSignature, value: { nested: unknownString } },
      output: { [signature]: "d0e6a833031e9bbcd3f4e8bde6ca49a4", value: "x", secret: true, dependencies: [] },
      later: { [signature]: "d0e6a833031e9bbcd3f4e8bde6ca49a4" },
    });
    expect(fromStruct(struct)).toEqual({
      plain: [1, null, { a: true }],
      secret: new Secret({ nested: unknown }),
      output: new Secret("x"),
      later: unknown,
    });
    const map = { secret: new Secret([unknown]), plain: 1 };
    const envelope = { [signature]: secretSignature, value: [unknownString] };
    expect(toStruct(map).toJavaScript()).toEqual({ secret: envelope, plain: 1 });
    expect(toStruct(map, false).toJavaScript()).toEqual({ secret: [unknownString], plain: 1 });
  });

  test("a diff names paths as Pulumi does", () => {
    const before = {
      same: 1,
      list: [1, 2, 3],
      map: { "a.b": 1, 'q"': 1, gone: 1 },
      secret: new Secret({ x: 1 }),
      kind: 1,
    };
    const after = {
      same: 1,
      list: [1, 4],
      map: { "a.b": 2, 'q"': 2 },
      secret: new Secret({ x: 2 }),
      kind: { a: 1 },
      new: 1,
    };
    expect(detailedDiff(before, after, ["map"], ["kind"])).toEqual({
      "list[1]": { kind: "update", replace: false },
      "list[2]": { kind: "delete", replace: false },
      'map["a.b"]': { kind: "update", replace: true },
      'map["q\\""]': { kind: "update", replace: true },
      "map.gone": { kind: "delete", replace: true },
      secret: { kind: "update", replace: false },
      new: { kind: "add", replace: false },
    });
  });
});

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

  test("takes a secret in an envelope even where the provider wants none, and gives it back as one", async () => {
    const client = await PluginClient.serve(tlsStandIn, "tls:index/certRequest:CertRequest");
    try {
      await client.configure();
      const news = Struct.fromJavaScript({ privateKeyPem: { [signature]: secretSignature, value: "pem" } });
      const request = new CheckRequest().setUrn(client.urn()).setNews(news);
      const response = await new Promise<CheckResponse>((done, fail) => {
        client.client.check(request, (error, value) => (error ? fail(error) : done(value)));
      });
      expect(response.getInputs()?.toJavaScript()).toEqual(news.toJavaScript());
      expect(response.getFailuresList()).toEqual([]);
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
      const { outputs } = await client.create({ algorithm: "ED25519" });
      expect(outputs.publicKeyOpenssh).toMatch(/^ssh-ed25519 /);
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
