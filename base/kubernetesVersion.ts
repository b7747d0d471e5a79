import { parse } from "semver";

/**
 * Minor releases of Kubernetes 1.x that are rendered: the newest known one and the three that may still run beside its API
 * server. @see https://kubernetes.io/releases/version-skew-policy/
 */
export const supportedMinors = [34, 35, 36, 37] as const;

/** The release that a stack gets which names none. */
export const defaultKubernetesVersion = "1.37.2";

/** Empty when `version` ("1.37.2" or "v1.37.2") is one this library renders, else the rule that it breaks. */
export function kubernetesVersionErrors(version: string): string[] {
  const range = `1.${supportedMinors[0]} to 1.${supportedMinors[supportedMinors.length - 1]}`;
  const parsed = parse(version);
  if (parsed === null) {
    return [`must be a full version such as 1.${supportedMinors[supportedMinors.length - 1]}.2 (releases ${range})`];
  }
  const known = parsed.major === 1 && supportedMinors.some((minor) => minor === parsed.minor);
  return known
    ? []
    : [`must be of a release from ${range}; take the one your API server runs or up to three minors older`];
}

/** The minor release, 37 for "1.37.2". Throws on anything {@link kubernetesVersionErrors} reports. */
export function kubernetesMinor(version: string): number {
  const parsed = parse(version);
  const errors = kubernetesVersionErrors(version);
  if (parsed === null || errors.length > 0) {
    throw new Error(`kubernetesVersion ${JSON.stringify(version)}: ${errors.join("; ")}`);
  }
  return parsed.minor;
}
