import * as pulumi from "@pulumi/pulumi";

/** As an Output of a resource that is not there yet, in a preview. */
export function unknownOutput(): pulumi.Output<string> {
  const no = Promise.resolve(false);
  const nothing = Promise.resolve(new Set<pulumi.Resource>());
  const OutputOf = pulumi.Output as unknown as new (...parts: unknown[]) => pulumi.Output<string>;
  return new OutputOf(new Set(), Promise.resolve(""), no, no, nothing);
}
