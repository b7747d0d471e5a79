import { execFileSync, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import ts from "typescript";
import * as manifest from "../../package.json";

const project = path.join(__dirname, "../..");

/** How a stranger's program finds types; `tsc`'s options, and the kind of module that they belong to. */
export type Resolution = "node" | "node16" | "nodenext" | "bundler";

const modes: Record<Resolution, Partial<ts.CompilerOptions>> = {
  node: { module: ts.ModuleKind.CommonJS, moduleResolution: ts.ModuleResolutionKind.Node10 },
  node16: { module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16 },
  nodenext: { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
  bundler: { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
};

/** What a program registered. */
export interface ProgramRun {
  /** Names of the resources. */
  registered: string[];
  /** Type of a dynamic resource -> text of its provider. */
  providers: Record<string, string>;
}

/** Outputs of resources by their type or name, where a program needs any that its inputs do not say. */
type Outputs = Record<string, Record<string, unknown>>;

/** A stack's configuration: "stranger:key" -> text or JSON. */
type Config = Record<string, string>;

const runner = (file: string, outputs: Outputs, config: Config): string => `
import pulumi from "@pulumi/pulumi";
const outputs = ${JSON.stringify(outputs)}, registered = [], providers = {};
const newResource = ({ type, name, inputs }) => {
  registered.push(name);
  if ("__provider" in inputs) providers[type] = inputs.__provider;
  return { id: name, state: { ...outputs[type], ...outputs[name], ...inputs } };
};
await pulumi.runtime.setMocks({ newResource, call: () => ({}) }, "stranger", "test", false);
pulumi.runtime.setAllConfig(${JSON.stringify(config)});
await import("./${file}");
await pulumi.runtime.disconnect();
console.log(JSON.stringify({ registered, providers }));
`;

/** Parsed once, whichever program reads them: most are Pulumi's. */
const parsed = new Map<string, ts.SourceFile | undefined>();

/**
 * An empty folder in which the packed package is installed, with what it says it depends on and nothing else of this repository's
 * node_modules: those are links, so that nothing is downloaded.
 */
export class Stranger {
  readonly folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "stranger-")));
  /** The package as it is installed. */
  readonly installed = path.join(this.folder, "node_modules", manifest.name);

  constructor() {
    const pack = ["pack", "--ignore-scripts", "--silent", "--pack-destination", this.folder];
    const tarball = execFileSync("npm", pack, { cwd: project, encoding: "utf8" }).trim();
    fs.mkdirSync(this.installed, { recursive: true });
    const unpack = ["-xzf", path.join(this.folder, tarball), "-C", this.installed, "--strip-components=1"];
    execFileSync("tar", unpack);
    const needed = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
    for (const name of [...needed, "@types/node"]) {
      const link = path.join(this.folder, "node_modules", name);
      fs.mkdirSync(path.dirname(link), { recursive: true });
      fs.symlinkSync(path.join(project, "node_modules", name), link);
    }
  }

  /** Paths of the package's files. */
  files(): string[] {
    return fs.readdirSync(this.installed, { recursive: true, encoding: "utf8" });
  }

  write(file: string, text: string): string {
    const written = path.join(this.folder, file);
    fs.mkdirSync(path.dirname(written), { recursive: true });
    fs.writeFileSync(written, text);
    return written;
  }

  /** What a strict TypeScript says of a program's files. */
  typeErrors(files: string[], resolution: Resolution, skipLibCheck: boolean): string[] {
    const options: ts.CompilerOptions = {
      ...{ target: ts.ScriptTarget.ES2022, strict: true, noEmit: true, types: ["node"], skipLibCheck },
      ...modes[resolution],
    };
    const host = ts.createCompilerHost(options);
    const read = host.getSourceFile.bind(host);
    host.getSourceFile = (file, given, ...rest) => {
      const version = typeof given === "object" ? given : { languageVersion: given };
      const key = `${file} ${version.impliedNodeFormat}`;
      if (!parsed.has(key)) parsed.set(key, read(file, given, ...rest));
      return parsed.get(key);
    };
    const program = ts.createProgram(
      files.map((file) => path.join(this.folder, file)),
      options,
      host,
    );
    return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
      const place = file === undefined ? "" : `${path.relative(this.folder, file.fileName)}: `;
      return `${place}${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
    });
  }

  /** Runs a JavaScript file in the folder; what it printed, on both. */
  run(file: string, ...nodeOptions: string[]): string {
    const { stdout, stderr } = spawnSync(process.execPath, [...nodeOptions, file], {
      cwd: this.folder,
      encoding: "utf8",
    });
    return `${stdout}${stderr}`;
  }

  /** Compiles a program, .cts or .mts; the name of the file that Node.js runs. */
  compile(file: string): string {
    const compiled = file.replace(/ts$/, "js");
    const module = file.endsWith(".cts") ? ts.ModuleKind.CommonJS : ts.ModuleKind.ESNext;
    const text = fs.readFileSync(path.join(this.folder, file), "utf8");
    const compilerOptions = { module, target: ts.ScriptTarget.ES2022, esModuleInterop: true };
    this.write(compiled, ts.transpileModule(text, { compilerOptions }).outputText);
    return compiled;
  }

  /** Compiles a program and gives the file that runs it with Pulumi's mocks as the engine. */
  runnable(file: string, outputs: Outputs = {}, config: Config = {}): string {
    const compiled = this.compile(file);
    return this.write(`run-${compiled}.mjs`, runner(compiled, outputs, config));
  }

  /** Runs a program with Pulumi's mocks; what it registered. */
  runProgram(file: string, outputs: Outputs = {}, config: Config = {}): ProgramRun {
    const said = this.run(this.runnable(file, outputs, config));
    try {
      // Warnings may come after it.
      return JSON.parse(said.split("\n").findLast((line) => line.startsWith("{")) ?? "") as ProgramRun;
    } catch {
      throw new Error(`${file} failed:\n${said}`);
    }
  }

  remove(): void {
    fs.rmSync(this.folder, { recursive: true });
  }
}
