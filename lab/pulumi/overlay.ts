import { namespace } from "./namespace";

/** Lays generated settings over the committed ones: maps key by key, hosts by their names, anything else as a whole. */
export function overlay(
  committed: Record<string, unknown>,
  generated: Record<string, unknown>,
): Record<string, unknown> {
  const merged = { ...committed };
  for (const [key, value] of Object.entries(generated)) {
    const below = committed[key];
    if (key === `${namespace}:hosts`) merged[key] = overlayHosts(asList(below), asList(value));
    else merged[key] = isMap(below) && isMap(value) ? overlay(below, value) : value;
  }
  return merged;
}

/** The lab's hosts; labels, taints and the like of a committed host with the same name are kept. */
function overlayHosts(committed: unknown[], generated: unknown[]): unknown[] {
  return generated.map((host) => {
    if (!isMap(host)) return host;
    const known = committed.find((other) => isMap(other) && other.name === host.name);
    return isMap(known) ? { ...known, ...host } : host;
  });
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}
