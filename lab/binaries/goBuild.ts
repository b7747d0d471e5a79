import * as fs from "node:fs/promises";
import * as path from "node:path";
import { gzipSync } from "node:zlib";
import { run } from "../machine/command";
import { cacheDirectory } from "../machine/directories";
import { elapsed, type Report } from "../machine/progress";
import { packTar } from "../machine/tar";
import type { Component } from "./components";
import { buildModule, type UpstreamModule } from "./goModules";

/** Go writes go.sum itself; the sums of the modules are checked against Go's checksum database as always. */
const goEnvironment = { CGO_ENABLED: "0", GOFLAGS: "-mod=mod -buildvcs=false", GOWORK: "off" };

/** Builds a component's programs from its Go modules into `folder`. The first time takes minutes. */
export async function buildFromModules(component: Component, folder: string, report: Report): Promise<void> {
  const { module, version = component.version, programs, ldflags, archive, without = [] } = component.build;
  const work = path.join(cacheDirectory(), "build", `${component.name}-${component.version}`);
  await fs.mkdir(work, { recursive: true });
  report.working(`downloading the modules of ${component.name}`);
  await writeModule(work, module, version);
  const names = Object.keys(programs);
  const target = archive ? path.join(work, "programs") : folder;
  await fs.mkdir(target, { recursive: true });
  for (const [index, name] of names.entries()) {
    const started = Date.now();
    report.working(`building ${name} (${index + 1} of ${names.length})`);
    const flags = ["-trimpath", "-ldflags", ["-s -w", ...ldflags].join(" "), "-o", path.join(target, name)];
    const source = programs[name] ?? "";
    const built = without.length === 0 ? source : await copyWithout(work, source, without);
    await run("go", ["build", ...flags, built], { cwd: work, env: goEnvironment });
    report.note(`built ${name} ${component.version} in ${elapsed(Date.now() - started)}`);
  }
  if (archive) await packPrograms(target, names, path.join(folder, archive));
}

/** Writes the go.mod of a module of our own that has `module` and all that it requires as requirements. */
async function writeModule(work: string, module: string, version: string): Promise<void> {
  const goMod = path.join(work, "go.mod");
  await fs.writeFile(goMod, "module lab\n");
  const download = await run("go", ["mod", "download", "-json", `${module}@v${version}`], {
    cwd: work,
    env: goEnvironment,
  });
  const { GoMod } = JSON.parse(download) as { GoMod: string };
  const parsed = await run("go", ["mod", "edit", "-json", GoMod], { cwd: work, env: goEnvironment });
  await fs.writeFile(goMod, buildModule(JSON.parse(parsed) as UpstreamModule, version));
}

/** Makes a program's package one of the module in `work`, without imports of some packages; returns how Go calls it there. */
async function copyWithout(work: string, source: string, without: readonly string[]): Promise<string> {
  const listed = await run("go", ["list", "-json=Dir,GoFiles", source], { cwd: work, env: goEnvironment });
  const { Dir, GoFiles } = JSON.parse(listed) as { Dir: string; GoFiles: string[] };
  const target = path.join(work, "copied");
  await fs.rm(target, { recursive: true, force: true });
  await fs.mkdir(target);
  for (const file of GoFiles) {
    const lines = (await fs.readFile(path.join(Dir, file), "utf8")).split("\n");
    const kept = lines.filter((line) => !without.some((name) => line.trim() === `_ "${name}"`));
    await fs.writeFile(path.join(target, file), kept.join("\n"));
  }
  return "./copied";
}

/** Packs programs as the official archive of the CNI plugins does; the same programs give the same bytes. */
export async function packPrograms(directory: string, programs: string[], archive: string): Promise<void> {
  const work = await fs.mkdtemp(`${archive}.partial-`);
  try {
    const tree = path.join(work, "tree");
    await fs.mkdir(tree, { mode: 0o755 });
    for (const program of programs) {
      await fs.copyFile(path.join(directory, program), path.join(tree, program));
      await fs.chmod(path.join(tree, program), 0o755);
    }
    await packTar(tree, path.join(work, "tar"));
    await fs.writeFile(path.join(work, "tgz"), gzipSync(await fs.readFile(path.join(work, "tar"))));
    await fs.rename(path.join(work, "tgz"), archive);
  } finally {
    await fs.rm(work, { recursive: true, force: true });
  }
}
