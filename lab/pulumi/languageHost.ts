import { spawn, type ChildProcess } from "node:child_process";
import { type ServiceError, type UntypedServiceImplementation, status } from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import * as language from "@pulumi/pulumi/proto/language_pb";
import * as plugin from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { versions } from "../binaries/versions";
import { serveAsPlugin } from "../standins/protocol/pluginProcess";
import { serve, unary } from "../standins/protocol/rpc";
import { requiredPlugins } from "./requiredPlugins";

/**
 * The language host of Node.js, a plugin by which the Pulumi CLI runs a program, for a CLI that was built from its Go
 * modules, among which Pulumi's own host is not. It serves what the operations on a stack ask for and refuses the rest by
 * name. Source: proto/pulumi/language.proto and sdk/nodejs/cmd/pulumi-language-nodejs of pulumi/pulumi.
 *
 *   pulumi-language-nodejs ENGINE_ADDRESS
 */

/** Exit code by which the SDK says that it has reported its errors itself. Source: nodejs/cmd/run/error.ts. */
const errorsReported = 32;

const running = new Set<ChildProcess>();

/** Runs the program once; the answer says how it ended. Its output is this process's, which the CLI shows. */
function run(request: language.RunRequest, engineAddress: string): Promise<language.RunResponse> {
  const options = request.getInfo()?.getOptions()?.toJavaScript() ?? {};
  const cwd = request.getInfo()?.getProgramDirectory() || request.getPwd();
  const child = spawn(process.execPath, [...nodeArguments(options), ...runnerArguments(request, engineAddress)], {
    cwd,
    env: { ...process.env, ...programEnvironment(request, options) },
    stdio: ["ignore", "inherit", "inherit"],
  });
  running.add(child);
  return new Promise((resolve) => {
    const end = (error: string, bail = false) => {
      running.delete(child);
      resolve(new language.RunResponse().setError(error).setBail(bail));
    };
    child.once("error", ({ message }) => end(`cannot start the program: ${message}`));
    child.once("close", (code, signal) => {
      if (code === errorsReported) end("", true);
      else if (code === 0) end("");
      else end(`Program exited with ${code === null ? `signal ${signal}` : `non-zero exit code: ${code}`}`);
    });
  });
}

function nodeArguments(options: Record<string, unknown>): string[] {
  return typeof options.nodeargs === "string" ? options.nodeargs.split(/\s+/).filter(Boolean) : [];
}

/** Command line of the SDK's own runner, as the program's folder has it. */
function runnerArguments(request: language.RunRequest, engineAddress: string): string[] {
  const info = request.getInfo();
  const directory = info?.getProgramDirectory() || request.getPwd();
  return [
    require.resolve("@pulumi/pulumi/cmd/run", { paths: [directory] }),
    ...["--monitor", request.getMonitorAddress(), "--engine", engineAddress],
    ...["--project", request.getProject(), "--stack", request.getStack()],
    ...["--organization", request.getOrganization(), "--parallel", String(request.getParallel())],
    ...["--root-directory", info?.getRootDirectory() ?? "", "--pwd", request.getPwd()],
    ...(request.getDryrun() ? ["--dry-run"] : []),
    info?.getEntryPoint() || ".",
    ...request.getArgsList(),
  ];
}

/** Secrets are among the configuration, so it goes by the environment and not by arguments. */
function programEnvironment(request: language.RunRequest, options: Record<string, unknown>): NodeJS.ProcessEnv {
  return {
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().entries())),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    PULUMI_NODEJS_TYPESCRIPT: options.typescript === false ? "false" : "true",
    ...(typeof options.tsconfig === "string" ? { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig } : {}),
  };
}

function requiredPackages(request: language.GetRequiredPackagesRequest): language.GetRequiredPackagesResponse {
  const found = requiredPlugins(request.getInfo()?.getProgramDirectory() ?? ".");
  const packages = found.map(({ name, version }) =>
    new plugin.PackageDependency().setKind("resource").setName(name).setVersion(version),
  );
  return new language.GetRequiredPackagesResponse().setPackagesList(packages);
}

/** Answers every method that is not served with its name and what to do, whatever kind of call it is. */
function refusals(): UntypedServiceImplementation {
  return Object.fromEntries(
    Object.entries(LanguageRuntimeService).map(([name, { path }]) => {
      const details = `${path} is not served by the lab's language host; use a whole Pulumi release, which has its own`;
      const error: Partial<ServiceError> = { code: status.UNIMPLEMENTED, details };
      const refuse = (call: { emit?: (event: string, error: object) => void }, answer?: (error: object) => void) =>
        answer === undefined ? call.emit?.("error", error) : answer(error);
      return [name, refuse];
    }),
  );
}

async function main(engineAddress: string): Promise<void> {
  const stop = () => running.forEach((child) => child.kill("SIGTERM"));
  const served = await serve([
    LanguageRuntimeService,
    {
      ...refusals(),
      handshake: unary(() => new language.LanguageHandshakeResponse()),
      getPluginInfo: unary(() => new plugin.PluginInfo().setVersion(`${versions.pulumi}+lab`)),
      getRequiredPackages: unary(requiredPackages),
      about: unary(() => new language.AboutResponse().setExecutable(process.execPath).setVersion(process.version)),
      run: unary((request: language.RunRequest) => run(request, engineAddress)),
      cancel: unary(() => {
        stop();
        return new Empty();
      }),
    },
  ]);
  process.on("exit", stop);
  serveAsPlugin(served.address);
}

void main(process.argv.at(-1) ?? "");
