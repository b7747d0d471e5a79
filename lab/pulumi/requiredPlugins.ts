import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";

/** A resource plugin that a package of the program asks for. */
export interface RequiredPlugin {
  /** Pulumi package name, such as "command". */
  name: string;
  /** Without "v". */
  version: string;
}

/** What a package.json of a Pulumi package says of its plugin. Source: "pulumi" in the SDKs' package.json. */
interface PackageManifest {
  version: string;
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  pulumi?: { resource?: boolean; name?: string; version?: string };
}

/**
 * The plugins that the packages a program depends on ask for, and those that these depend on, by name.
 *
 * @param directory the program's folder, with its package.json
 * @example requiredPlugins("/home/me/program") // [{ name: "command", version: "1.2.1" }, ...]
 */
export function requiredPlugins(directory: string): RequiredPlugin[] {
  const found = new Map<string, PackageManifest>();
  collect(directory, readManifest(path.join(directory, "package.json")), found);
  const plugins = [...found].flatMap(([dependency, manifest]) => {
    if (manifest.pulumi?.resource !== true) return [];
    const name = manifest.pulumi.name ?? dependency.replace(/^@[^/]+\//, "");
    return [{ name, version: (manifest.pulumi.version ?? manifest.version).replace(/^v/, "") }];
  });
  return plugins.sort((one, other) => one.name.localeCompare(other.name));
}

/** Notes what a package depends on, as far as it is installed in the program's folder, where npm puts what several share. */
function collect(directory: string, manifest: PackageManifest | undefined, found: Map<string, PackageManifest>): void {
  for (const dependency of Object.keys({ ...manifest?.dependencies, ...manifest?.peerDependencies })) {
    const installed = readManifest(path.join(directory, "node_modules", dependency, "package.json"));
    if (installed === undefined || found.has(dependency)) continue;
    found.set(dependency, installed);
    collect(directory, installed, found);
  }
}

function readManifest(file: string): PackageManifest | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as PackageManifest) : undefined;
}
