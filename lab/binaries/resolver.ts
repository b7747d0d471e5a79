import * as path from "node:path";
import { cacheDirectory } from "../machine/directories";
import { messageOf } from "../../base/errorMessage";
import { InterruptedError, LabError } from "../machine/errors";
import { withLock } from "../machine/lock";
import { elapsed, type Report } from "../machine/progress";
import { type BinaryFile, fromCache, intoCache } from "./binaryCache";
import type { Component } from "./components";
import { fromFolder } from "./folder";
import { buildFromModules } from "./goBuild";
import { downloadRelease } from "./release";

/** File name -> the file, of all components. */
export type Binaries = Record<string, BinaryFile>;

/**
 * Finds each component's files: in the folder the user names, in the cache, among the official releases, or by a build
 * from the Go modules, in this order. One line a component says which it took.
 */
export async function resolveBinaries(
  wanted: Component[],
  folder: string | undefined,
  report: Report,
): Promise<Binaries> {
  const all: Binaries = {};
  for (const component of wanted) Object.assign(all, await resolveComponent(component, folder, report));
  return all;
}

async function resolveComponent(component: Component, folder: string | undefined, report: Report): Promise<Binaries> {
  const title = `${component.name} ${component.version}`;
  if (folder !== undefined) {
    const found = await fromFolder(component, path.resolve(folder));
    if (typeof found !== "string") {
      report.note(`${title}: from ${folder}`);
      return found;
    }
    report.note(`${title}: ${found}`);
  }
  const lock = path.join(cacheDirectory(), "locks", `${component.name}-${component.version}`);
  return withLock(
    lock,
    () => report.note(`${title}: waiting for another run that is getting it`),
    () => throughCache(component, title, report),
  );
}

async function throughCache(component: Component, title: string, report: Report): Promise<Binaries> {
  const cached = await fromCache(component);
  if (typeof cached !== "string") {
    report.note(`${title}: from the cache`);
    return cached;
  }
  const reasons = [`cache: ${cached}`];
  const sources = [
    ...(component.release === undefined ? [] : [{ name: "official release", get: downloadRelease }]),
    { name: "build from Go modules", get: buildFromModules },
  ];
  for (const source of sources) {
    const started = Date.now();
    try {
      await intoCache(component, source.name, (target) => source.get(component, target, report));
      const why = reasons.slice(1).map((reason) => ` (${reason})`);
      report.note(`${title}: ${source.name}, ${elapsed(Date.now() - started)}${why.join("")}`);
      const files = await fromCache(component);
      if (typeof files !== "string") return files;
      reasons.push(`${source.name}: ${files}`);
    } catch (error) {
      if (error instanceof InterruptedError) throw error;
      reasons.push(`${source.name}: ${messageOf(error)}`);
    }
  }
  throw new LabError(
    `${title}: cannot be had\n${reasons.map((reason) => `  - ${reason}`).join("\n")}`,
    "put the files into a folder and give it as --binaries, or make one of these sources reachable",
  );
}
