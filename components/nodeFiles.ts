import * as pulumi from "@pulumi/pulumi";
import { sha256 } from "../base/sha256";
import type { FileMap } from "../host/files";
import { hasOutput } from "./withLaters";

/** Files of a service. */
export interface NodeFiles {
  /** Those that are to be seen in a diff. */
  files: pulumi.Output<FileMap>;
  /** Those that only root may read, and that the state has encrypted. Left out where no value can be secret. */
  secretFiles?: pulumi.Output<FileMap>;
}

/**
 * Files that are made of values: to be seen in a diff, but where any of the values is secret, for root alone and secret in the state.
 *
 * @example filesOf({ clusterCIDR }, (known) => ({ [path]: { content: render(known) } }))
 */
export function filesOf<Values>(
  values: pulumi.Input<Values>,
  make: (values: pulumi.Unwrap<Values>) => FileMap,
): NodeFiles {
  const known = pulumi.output(values);
  if (!hasOutput(values)) return { files: known.apply(make) };
  const hidden = pulumi.output(pulumi.isSecret(known));
  const none = pulumi.output<FileMap>({});
  return {
    files: hidden.apply((secret) => (secret ? none : known.apply(make))),
    secretFiles: hidden.apply((secret) => (secret ? known.apply((all) => forRoot(make(all))) : none)),
  };
}

/** Several files' as one's. */
export function allFiles(...parts: NodeFiles[]): NodeFiles {
  const merged = (maps: (pulumi.Output<FileMap> | undefined)[]): pulumi.Output<FileMap> =>
    pulumi.all(maps).apply((known) => Object.assign({}, ...known) as FileMap);
  const files = merged(parts.map((part) => part.files));
  if (parts.every(({ secretFiles }) => secretFiles === undefined)) return { files };
  return { files, secretFiles: merged(parts.map(({ secretFiles }) => secretFiles)) };
}

/** A short text that changes when any of what a service runs with does. */
export function revisionOf(values: unknown): string {
  return sha256(JSON.stringify(values)).slice(0, 16);
}

function forRoot(files: FileMap): FileMap {
  return Object.fromEntries(Object.entries(files).map(([path, file]) => [path, { ...file, mode: "0600" }]));
}
