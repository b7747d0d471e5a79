/** What `go mod edit -json` says of a go.mod; the parts used here. */
export interface UpstreamModule {
  Module: { Path: string };
  /** Language version, such as "1.26.0". */
  Go?: string;
  Require?: { Path: string; Version: string }[] | null;
  Replace?: { Old: { Path: string }; New: { Path: string; Version?: string } }[] | null;
}

/**
 * The go.mod of a module that builds programs of `upstream` with exactly the versions its own go.mod names.
 *
 * Kubernetes replaces its staging modules (k8s.io/api, k8s.io/client-go, ...) by folders of its repository, which a
 * module that requires it does not have: they are replaced by their published versions instead, v0.Y.Z for
 * Kubernetes v1.Y.Z.
 */
export function buildModule(upstream: UpstreamModule, version: string): string {
  const staged = new Set(
    (upstream.Replace ?? []).filter((replace) => replace.New.Path.startsWith("./")).map((replace) => replace.Old.Path),
  );
  const stagedVersion = `v${version.replace(/^1\./, "0.")}`;
  const required = (upstream.Require ?? []).filter((require) => !staged.has(require.Path));
  return [
    "module lab",
    "",
    `go ${upstream.Go ?? "1.26.0"}`,
    "",
    "require (",
    `\t${upstream.Module.Path} v${version}`,
    ...required.map((require) => `\t${require.Path} ${require.Version}`),
    ...[...staged].map((path) => `\t${path} ${stagedVersion}`),
    ")",
    "",
    "replace (",
    ...[...staged].map((path) => `\t${path} => ${path} ${stagedVersion}`),
    ")",
    "",
  ].join("\n");
}
