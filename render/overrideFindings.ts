import { versionOf } from "../base/rules/nameRules";
import { overrides as objectRule } from "../base/rules/fields";
import type { Finding } from "../base/rules/finding";
import { containerdConfigFindings } from "./containerdConfig";
import { kubeletConfigurationFindings } from "./kubeletConfiguration";
import { kubeProxyConfigurationFindings } from "./kubeProxyConfiguration";
import type { JsonObject } from "./types";

/** What a component or a stack lays over the files we render, right or wrong. */
export interface OverridesView {
  kubernetesVersion?: unknown;
  kubeProxyConfiguration?: unknown;
  kubeletConfiguration?: unknown;
  containerdConfiguration?: unknown;
}

/** Names of the overrides. */
export const overrideKeys = ["kubeProxyConfiguration", "kubeletConfiguration", "containerdConfiguration"] as const;

/** Overrides that the rendered configurations refuse; those that are no objects are passed over. */
export function overridesFindings(view: OverridesView): Finding[] {
  const version = versionOf(view.kubernetesVersion);
  const checks: Record<(typeof overrideKeys)[number], (overrides: JsonObject) => Finding[]> = {
    kubeProxyConfiguration: (overrides) => kubeProxyConfigurationFindings(overrides, version),
    kubeletConfiguration: (overrides) => kubeletConfigurationFindings(overrides, version),
    containerdConfiguration: containerdConfigFindings,
  };
  return overrideKeys.flatMap((key) => {
    const overrides = view[key] === undefined ? undefined : objectRule.safeParse(view[key]);
    return overrides?.success === true
      ? checks[key](overrides.data).map((finding) => ({ ...finding, path: [key, ...finding.path] }))
      : [];
  });
}
