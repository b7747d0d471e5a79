import type { Finding, Path } from "../base/rules/finding";
import { deepMerge } from "./deepMerge";
import { withHeader } from "./fileHeader";
import { paths } from "./paths";
import { findingLines } from "./overrideErrors";
import { renderToml, tomlFindings } from "./toml";
import { isJsonObject, type CniMode, type JsonObject } from "./types";

export interface ContainerdConfigArgs {
  cniMode: CniMode;
  /** Image of the pods' sandboxes, e.g. for a mirror. @default containerd's own */
  sandboxImage?: string;
  /** Tables laid over ours, by containerd's names, e.g. { plugins: { "io.containerd.cri.v1.images": { ... } } }. @default {} */
  overrides?: JsonObject;
}

const runtimePlugin = "io.containerd.cri.v1.runtime";
const imagesPlugin = "io.containerd.cri.v1.images";

/**
 * Drop-in for containerd 2.x, imported by its config.toml. containerd merges it over the main file table by table, and the
 * result over its defaults, so that it only says what differs: runc keeps its runtime_type though only an option is set here.
 *
 * @see https://github.com/containerd/containerd/blob/main/docs/cri/config.md
 * @example renderContainerdConfig({ cniMode: "bridge" })
 */
export function renderContainerdConfig(args: ContainerdConfigArgs): string {
  const errors = containerdConfigErrors(args.overrides ?? {});
  if (errors.length > 0) {
    throw new Error(`containerdConfiguration: ${errors.join("\n")}`);
  }
  return withHeader(renderToml(deepMerge(ourConfig(args), args.overrides ?? {})));
}

function ourConfig(args: ContainerdConfigArgs): JsonObject {
  const runtime: JsonObject = {
    cni: {
      // containerd's default too, but distributions move it. 2.0 does not know the plural and falls back to the same place.
      bin_dirs: [paths.cniBinDirectory],
      conf_dir: paths.cniConfDirectory,
      ...(args.cniMode === "none" ? {} : { conf_template: paths.cniTemplate }),
    },
    // The kubelet's cgroupDriver is systemd; two managers of one cgroup tree lose containers under pressure.
    containerd: { runtimes: { runc: { options: { SystemdCgroup: true } } } },
  };
  const images: JsonObject = args.sandboxImage === undefined ? {} : { pinned_images: { sandbox: args.sandboxImage } };
  return {
    // 3 is what every containerd 2.x reads; newer ones convert it.
    version: 3,
    plugins: {
      [runtimePlugin]: runtime,
      ...(args.sandboxImage === undefined ? {} : { [imagesPlugin]: images }),
    },
  };
}

/** Values that must stay, because the kubelet or another file of ours depends on them: path -> reason and fix. */
const protectedPaths: readonly (readonly [path: readonly string[], message: string])[] = [
  [["version"], "is 3, the format of this drop-in; remove it"],
  [["imports"], "belongs into the main file; remove it"],
  [
    ["plugins", runtimePlugin, "containerd", "runtimes", "runc", "options", "SystemdCgroup"],
    "must stay true, the kubelet uses the systemd cgroup driver; remove it",
  ],
  [["plugins", runtimePlugin, "cni", "bin_dirs"], `is ${paths.cniBinDirectory}, where the plugins are put; remove it`],
  [["plugins", runtimePlugin, "cni", "conf_dir"], `is ${paths.cniConfDirectory}; remove it`],
  [["plugins", runtimePlugin, "cni", "conf_template"], "follows the setting cniMode; set that"],
  [["plugins", imagesPlugin, "pinned_images", "sandbox"], "is the setting sandboxImage; set that"],
];

/**
 * Everything wrong with `overrides`. containerd's own keys are not known here, but what TOML cannot say: a null in a list, and
 * numbers that are neither whole nor floating within its range.
 */
export function containerdConfigFindings(overrides: JsonObject): Finding[] {
  const owned = protectedPaths.flatMap(([path, fault]) => {
    const touched = touchedPath(overrides, path);
    return touched === undefined ? [] : [{ path: touched, fault, hidden: true }];
  });
  const plugins = isJsonObject(overrides.plugins) ? Object.keys(overrides.plugins) : [];
  const old = plugins.filter((name) => name === "io.containerd.grpc.v1.cri" || name === "cri");
  const outdated = old.map((name): Finding => ({
    path: ["plugins", name],
    fault: `is of containerd 1.x; use ${runtimePlugin} and ${imagesPlugin}`,
    hidden: true,
  }));
  return [...owned, ...outdated, ...tomlFindings(overrides)];
}

/** The same, one line each as "path: rule; fix". */
export function containerdConfigErrors(overrides: JsonObject): string[] {
  return findingLines(containerdConfigFindings(overrides));
}

/** The path, if `overrides` sets its end or takes away a table on the way to it. */
function touchedPath(overrides: JsonObject, path: readonly string[]): Path | undefined {
  let table: JsonObject = overrides;
  for (const [index, key] of path.entries()) {
    const value = Object.hasOwn(table, key) ? table[key] : undefined;
    if (value === undefined) {
      return undefined;
    }
    if (!isJsonObject(value) || index === path.length - 1) {
      return path.slice(0, index + 1);
    }
    table = value;
  }
  return undefined;
}
