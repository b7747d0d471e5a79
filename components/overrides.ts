import * as pulumi from "@pulumi/pulumi";
import type { FileMap, FileSpec } from "../host/files";
import type { JsonObject } from "../render/types";

/**
 * What is made of overrides: at once where they are plain, and secret where they are an Output. Of an Output it cannot be told while
 * the program runs whether it is secret, so it always is.
 */
export function fromOverrides<T>(
  overrides: pulumi.Input<JsonObject>,
  make: (overrides: JsonObject) => T,
): T | pulumi.Output<T> {
  return isPlain(overrides) ? make(overrides) : pulumi.secret(overrides).apply<T>(make);
}

function isPlain(overrides: pulumi.Input<JsonObject>): overrides is JsonObject {
  return !pulumi.Output.isInstance(overrides) && !(overrides instanceof Promise);
}

/** A file with overrides in it: one of `files` where they are plain, else one of `secretFiles` that only root may read. */
export function fileOf(
  path: string,
  overrides: pulumi.Input<JsonObject>,
  mode: string,
  render: (overrides: JsonObject) => string,
): { files: FileMap; secretFiles?: pulumi.Output<FileMap> } {
  const file = (content: string, bits: string): FileSpec => (bits === "0644" ? { content } : { content, mode: bits });
  if (isPlain(overrides)) return { files: { [path]: file(render(overrides), mode) } };
  const secretFiles = pulumi.secret(overrides).apply((known): FileMap => ({ [path]: file(render(known), "0600") }));
  return { files: {}, secretFiles };
}
