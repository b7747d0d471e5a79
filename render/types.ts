/** What JSON, YAML and TOML documents are made of here. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;

/** An object of a configuration document, with the keys upstream uses. */
export interface JsonObject {
  [key: string]: JsonValue;
}

/** What a stack or a program may choose of Services and the pods' network. */
export type { CniMode, FlannelBackend, KubeProxyMode, ProxyMode } from "../base/modes";

/** True for a plain object: what is merged and walked key by key. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
