/** What `go mod edit -json` says of a go.mod; the parts used here. */
export interface UpstreamModule {
  Module: { Path: string };
  /** Language version, such as "1.26.0". */
  Go?: string;
  Require?: { Path: string; Version: string }[] | null;
  Replace?: { Old: { Path: string; Version?: string }; New: { Path: string; Version?: string } }[] | null;
}

/** The version that stands in a go.mod for a module that is only there as a folder of the same repository. */
const noVersion = "v0.0.0";

/**
 * The go.mod of a module that builds programs of `upstream` with exactly the versions its own go.mod names.
 *
 * Go heeds the `replace` lines of the main module only, so they are carried over. A module that is replaced by a folder
 * of the repository is not there for who requires it; its published version takes the place: the one that is required,
 * or, for Kubernetes' staging modules (k8s.io/api, k8s.io/client-go, ...), which are required as v0.0.0, v0.Y.Z for
 * Kubernetes v1.Y.Z.
 */
export function buildModule(upstream: UpstreamModule, version: string): string {
  const replaced = upstream.Replace ?? [];
  const folders = new Set(replaced.filter(({ New }) => New.Path.startsWith(".")).map(({ Old }) => Old.Path));
  const staged = [...folders].filter((path) =>
    (upstream.Require ?? []).every((require) => require.Path !== path || require.Version === noVersion),
  );
  const stagedVersion = `v${version.replace(/^1\./, "0.")}`;
  const required = (upstream.Require ?? []).filter((require) => !staged.includes(require.Path));
  return [
    "module lab",
    "",
    `go ${upstream.Go ?? "1.26.0"}`,
    "",
    "require (",
    `\t${upstream.Module.Path} v${version}`,
    ...required.map((require) => `\t${require.Path} ${require.Version}`),
    ...staged.map((path) => `\t${path} ${stagedVersion}`),
    ")",
    "",
    "replace (",
    ...staged.map((path) => `\t${path} => ${path} ${stagedVersion}`),
    ...replaced.filter(({ Old }) => !folders.has(Old.Path)).map(({ Old, New }) => `\t${words(Old)} => ${words(New)}`),
    ")",
    "",
  ].join("\n");
}

function words({ Path, Version }: { Path: string; Version?: string }): string {
  return Version === undefined ? Path : `${Path} ${Version}`;
}
