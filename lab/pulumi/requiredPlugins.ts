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
  pulumi?: { resource?: boolean; name?: string; version?: string };
}

/**
 * The plugins that the packages a program depends on ask for, by name.
 *
 * @param directory the program's folder, with its package.json
 * @example requiredPlugins("/home/me/program") // [{ name: "command", version: "1.2.1" }, ...]
 */
export function requiredPlugins(directory: string): RequiredPlugin[] {
  const dependencies = Object.keys(readManifest(path.join(directory, "package.json"))?.dependencies ?? {});
  return dependencies.sort().flatMap((dependency) => {
    const manifest = readManifest(path.join(directory, "node_modules", dependency, "package.json"));
    if (manifest?.pulumi?.resource !== true) return [];
    const name = manifest.pulumi.name ?? dependency.replace(/^@[^/]+\//, "");
    return [{ name, version: (manifest.pulumi.version ?? manifest.version).replace(/^v/, "") }];
  });
}

function readManifest(file: string): PackageManifest | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as PackageManifest) : undefined;
}
