import { spawn, type ChildProcess } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import { join, resolve } from "node:path";
import { startTimeOf } from "../../../lab/machine/processTable";
import { writeLauncher } from "../../../lab/machine/launcher";
import { isFirstOfRun } from "../../../lab/standins/protocol/saidOnce";
import { makeSecret } from "../../../lab/standins/protocol/values";
import { tlsStandIn } from "../../../lab/standins/tls";
import { PluginClient } from "./pluginClient";
import { FakeEngine, portOf, startPlugin } from "./pluginProcess";

const root = resolve(__dirname, "../../..");
/** Lets Node run TypeScript as the build would compile it, so that the plugins run as the processes they are. */
const typescriptHook = `
const swc = require(${JSON.stringify(require.resolve("@swc/core"))});
require.extensions[".ts"] = (module, file) => module._compile(swc.transformFileSync(file, {
  jsc: { target: "es2022", parser: { syntax: "typescript" } }, module: { type: "commonjs" } }).code, file);
`;
const keyType = "tls:index/privateKey:PrivateKey";
const said = "tls: served by a stand-in, not by the real plugin";

let directory: string;
/** Where the stand-ins keep what they have said. */
let markers: string;

beforeEach(() => {
  directory = mkdtempSync(join(os.tmpdir(), "standins-"));
  markers = join(directory, "stand-ins-said");
  process.env.PULUMI_HOME = directory;
});
afterEach(() => {
  delete process.env.PULUMI_HOME;
  rmSync(directory, { recursive: true });
});

describe("a plugin", () => {
  test("answers with the real provider's features and its SDK's version, marked as a stand-in", async () => {
    const client = await PluginClient.serve(tlsStandIn, keyType);
    try {
      const sdk = JSON.parse(readFileSync(require.resolve("@pulumi/tls/package.json"), "utf8")) as { version: string };
      expect(await client.version()).toBe(`${sdk.version}+stand-in`);
      const answer = await client.configure();
      expect([answer.getAcceptsecrets(), answer.getSupportspreview()]).toEqual([false, true]);
      expect(client.log.lines).toEqual([`info: ${said}`]);
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

describe("what it is, is said once a run", () => {
  test("by each stand-in, and markers of processes that are gone are removed", () => {
    expect([isFirstOfRun("tls"), isFirstOfRun("tls"), isFirstOfRun("command")]).toEqual([true, false, true]);
    writeFileSync(join(markers, "tls-4194305-1"), "");
    // Another process that had this one's id.
    writeFileSync(join(markers, `tls-${process.ppid}-1`), "");
    expect(isFirstOfRun("kubernetes")).toBe(true);
    const parent = `${process.ppid}-${startTimeOf(process.ppid)}`;
    expect(readdirSync(markers).sort()).toEqual([`command-${parent}`, `kubernetes-${parent}`, `tls-${parent}`]);
  });

  test("and rather twice than never where no marker can be written", () => {
    writeFileSync(markers, "");
    expect([isFirstOfRun("tls"), isFirstOfRun("tls")]).toEqual([true, true]);
    delete process.env.PULUMI_HOME;
    expect([isFirstOfRun("tls"), isFirstOfRun("tls")]).toEqual([true, true]);
  });
});

describe("installed", () => {
  const started: ChildProcess[] = [];
  let built: string;
  let executable: string;
  let engine: FakeEngine;

  beforeEach(async () => {
    built = join(directory, "it's built");
    mkdirSync(built);
    const hook = join(built, "hook.cjs");
    writeFileSync(hook, typescriptHook);
    // Stands where the build's tls.js would: the same module, compiled on the fly.
    const entry = join(root, "lab/standins/tls.ts");
    writeFileSync(
      join(built, "tls.js"),
      `require(${JSON.stringify(hook)});\nprocess.argv[1] = ${JSON.stringify(entry)};\n` +
        `const { runPlugin } = require(${JSON.stringify(join(root, "lab/standins/protocol/runPlugin"))});\n` +
        `void runPlugin(require(${JSON.stringify(entry)}).tlsStandIn);\n`,
    );
    executable = join(directory, "it's here/pulumi-resource-tls");
    await writeLauncher(executable, join(built, "tls.js"));
    engine = await new FakeEngine().start();
  });
  afterEach(() => {
    started.splice(0).forEach((child) => child.kill("SIGKILL"));
    engine.stop();
  });

  /** Starts the plugin as the child of a shell: of an engine that can be killed. */
  const startShell = () => {
    const script = `"$0" "$1" & wait`;
    const env = { ...process.env, TMPDIR: directory };
    return spawn("sh", ["-c", script, executable, engine.address], { env, stdio: ["ignore", "pipe", "inherit"] });
  };

  /** Configures a plugin that starts. */
  async function run(child: ChildProcess): Promise<PluginClient> {
    started.push(child);
    const client = PluginClient.connect(await portOf(child), keyType);
    await client.configure();
    return client;
  }

  test("it is an executable, and one that is there already is left alone", async () => {
    expect(statSync(executable).mode & 0o777).toBe(0o755);
    utimesSync(executable, 1, 1);
    await writeLauncher(executable, join(built, "tls.js"));
    expect(statSync(executable).mtimeMs).toBe(1000);
    await writeLauncher(executable, "/elsewhere/tls.js");
    expect(readFileSync(executable, "utf8")).toContain("/elsewhere/tls.js");
    expect(readdirSync(join(executable, ".."))).toEqual(["pulumi-resource-tls"]);
  });

  test("it prints its port, serves, logs to the engine, and ends with its parent", async () => {
    const shell = startShell();
    const client = await run(shell);
    const { outputs } = await client.create({ algorithm: "ECDSA", ecdsaCurve: "P256" });
    expect(outputs.publicKeyOpenssh).toMatch(/^ecdsa-sha2-nistp256 /);
    expect(engine.lines).toEqual([said]);
    // The plugin holds the pipe open for as long as it lives.
    const ended = new Promise((done) => shell.stdout.once("close", done));
    shell.kill("SIGKILL");
    shell.stdout.resume();
    await ended;
    client.close();
  }, 30_000);

  test("of two processes of one parent the first says that it is a stand-in; another parent's says it again", async () => {
    const [first, second] = [
      startPlugin(executable, engine, { TMPDIR: directory }),
      startPlugin(executable, engine, { TMPDIR: directory }),
    ];
    for (const child of [first, second]) (await run(child)).close();
    expect(engine.lines).toEqual([said]);
    (await run(startShell())).close();
    expect(engine.lines).toEqual([said, said]);
  }, 60_000);
});
