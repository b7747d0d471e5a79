import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { credentials, type ServiceError, status } from "@grpc/grpc-js";
import { LanguageRuntimeClient } from "@pulumi/pulumi/proto/language_grpc_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb.js";
import * as language from "@pulumi/pulumi/proto/language_pb";
import { devDependencies } from "../../../package.json";

const project = path.join(__dirname, "../../..");
/** As `npm run build` makes it. */
const host = path.join(project, "dist/lab/pulumi/languageHost.js");

describe("the lab's language host", () => {
  let running: ChildProcess;
  let client: LanguageRuntimeClient;
  let program: string;

  beforeAll(async () => {
    program = fs.mkdtempSync(path.join(os.tmpdir(), "program-"));
    // Stands for the SDK's runner, which would wait for a monitor; the stories run the real one.
    const runner = path.join(program, "node_modules/@pulumi/pulumi/cmd/run");
    fs.mkdirSync(runner, { recursive: true });
    fs.writeFileSync(path.join(runner, "index.js"), 'require(process.cwd() + "/index.js")');
    running = spawn(process.execPath, [host, "127.0.0.1:2"], { stdio: ["ignore", "pipe", "inherit"] });
    const port = await new Promise<string>((resolve) =>
      createInterface({ input: running.stdout ?? process.stdin }).once("line", resolve),
    );
    client = new LanguageRuntimeClient(`127.0.0.1:${port}`, credentials.createInsecure());
  });
  afterAll(() => {
    client.close();
    running.kill();
    fs.rmSync(program, { recursive: true });
  });

  function run(text: string): Promise<language.RunResponse.AsObject> {
    fs.writeFileSync(path.join(program, "index.js"), text);
    const info = new language.ProgramInfo().setProgramDirectory(program).setRootDirectory(program).setEntryPoint(".");
    const request = new language.RunRequest().setInfo(info).setPwd(program).setMonitorAddress("127.0.0.1:1");
    request.setProject("p").setStack("s").setOrganization("organization").setParallel(4);
    request.getConfigMap().set("p:key", "secret value");
    return new Promise((resolve, reject) => {
      client.run(request, (error, answer) => (error ? reject(error) : resolve(answer.toObject())));
    });
  }

  test("tells the CLI which plugins the program needs, so that none is looked for in the midst of a run", async () => {
    const info = new language.ProgramInfo().setProgramDirectory(project);
    const answer = await new Promise<language.GetRequiredPackagesResponse>((resolve, reject) => {
      const request = new language.GetRequiredPackagesRequest().setInfo(info);
      client.getRequiredPackages(request, (error, response) => (error ? reject(error) : resolve(response)));
    });
    expect(answer.getPackagesList().map((each) => [each.getKind(), each.getName(), each.getVersion()])).toEqual(
      ["command", "kubernetes", "tls"].map((name) => [
        "resource",
        name,
        (devDependencies as Record<string, string>)[`@pulumi/${name}`],
      ]),
    );
  });

  test("says how a program ended: well, by itself with a code, or with errors that it has reported", async () => {
    expect(await run("process.exit(0)")).toEqual({ error: "", bail: false });
    expect(await run("process.exit(3)")).toEqual({ error: "Program exited with non-zero exit code: 3", bail: false });
    expect(await run("process.exit(32)")).toEqual({ error: "", bail: true });
  });

  test("tells the SDK's runner where monitor and engine are, and the configuration by the environment only", async () => {
    await run(
      `require("fs").writeFileSync("seen", JSON.stringify([process.argv.slice(2), process.env.PULUMI_CONFIG]))`,
    );
    const [args, config] = JSON.parse(fs.readFileSync(path.join(program, "seen"), "utf8")) as [string[], string];
    expect(args).toEqual([
      ...["--monitor", "127.0.0.1:1", "--engine", "127.0.0.1:2", "--project", "p", "--stack", "s"],
      ...["--organization", "organization", "--parallel", "4", "--root-directory", program, "--pwd", program, "."],
    ]);
    expect(JSON.parse(config)).toEqual({ "p:key": "secret value" });
  });

  test("ends the program when the CLI cancels", async () => {
    const started = path.join(program, "started");
    const ended = run(`require("fs").writeFileSync(${JSON.stringify(started)}, ""); setInterval(() => {}, 1000)`);
    while (!fs.existsSync(started)) await new Promise((resolve) => setTimeout(resolve, 20));
    await new Promise<void>((resolve) => client.cancel(new Empty(), () => resolve()));
    expect((await ended).error).toBe("Program exited with signal SIGTERM");
  });

  test("refuses what it does not serve by name, whether the answer is one message or many", async () => {
    const one = new Promise<ServiceError | null>((resolve) => client.pack(new language.PackRequest(), resolve));
    const many = new Promise<Error>((resolve) =>
      client.installDependencies(new language.InstallDependenciesRequest()).on("error", resolve).resume(),
    );
    const details = "is not served by the lab's language host; use a whole Pulumi release, which has its own";
    expect(await one).toMatchObject({
      code: status.UNIMPLEMENTED,
      details: `/pulumirpc.LanguageRuntime/Pack ${details}`,
    });
    expect(await many).toMatchObject({
      code: status.UNIMPLEMENTED,
      details: `/pulumirpc.LanguageRuntime/InstallDependencies ${details}`,
    });
  });
});
