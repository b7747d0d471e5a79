import { RunError } from "@pulumi/pulumi";
import { lt } from "semver";

/** What the HTTP library of the Kubernetes client (undici 8) asks for; package.json "engines" says the same. */
const oldestNode = "22.19.0";

/**
 * Refuses a Node.js on which the providers' plugin would end without a word about the cause.
 *
 * @param version of the Node.js that runs the program, without "v"
 * @throws pulumi.RunError naming the version, where it is, and the oldest that will do
 * @example
 * checkNodeVersion();
 */
export function checkNodeVersion(version = process.versions.node, executable = process.execPath): void {
  if (lt(version, oldestNode))
    throw new RunError(
      `Node.js ${version} (${executable}) runs this program; it needs ${oldestNode} or newer.\n` +
        "Install one and put it first on PATH, then run again; nothing was changed.",
    );
}
