/** What JSON, YAML and TOML documents are made of here. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;

/** An object of a configuration document, with the keys upstream uses. */
export interface JsonObject {
  [key: string]: JsonValue;
}

/** kube-proxy's ways to program the kernel. @see https://kubernetes.io/docs/reference/networking/virtual-ips/ */
export type { KubeProxyMode, ProxyMode } from "../base/modes";

/**
 * Who gives the pods their network: `bridge` = the reference plugins on the Node's own podCIDR, `flannel` = flannel's
 * plugin, `none` = another system brings plugins and configuration.
 */
export const cniModes = ["bridge", "none", "flannel"] as const;

/** One of {@link cniModes}. */
export type CniMode = (typeof cniModes)[number];

/** True for a plain object: what is merged and walked key by key. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
