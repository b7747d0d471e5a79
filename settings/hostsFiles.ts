import { load } from "js-yaml";
import { fieldsOf, listOf, withValue, type Finding, type Path } from "../base/rules/finding";
import { parseIni } from "./inventory/ansibleIni";
import { yamlInventory } from "./inventory/ansibleYaml";
import { inventoryHosts } from "./inventory/inventoryHosts";
import { knownHosts } from "./inventory/knownHosts";
import { poolScopes } from "./layers";

/** A configuration whose hosts are all in it. */
export interface WithHosts {
  raw: Record<string, unknown>;
  findings: Finding[];
  /** Where a value really stands, of those that came from a file. */
  labelOf: (path: Path) => string | undefined;
}

/** The configuration with the hosts and the host keys of the files that it names; `read` gives a file's text. */
export function withHostsOfFiles(raw: Record<string, unknown>, read: (path: string) => string): WithHosts {
  const findings: Finding[] = [];
  const labels = new Map<string, string>();
  const added = (path: Path, fields: Record<string, unknown>): Record<string, unknown> => {
    const { hostsFile: file, hostsGroup: group } = fields;
    if (typeof file !== "string" || file === "") return fields;
    try {
      const own = listOf(fields["hosts"]);
      const found = hostsOf(read(file), typeof group === "string" && group !== "" ? group : undefined);
      found.forEach((host, index) => {
        const name = fieldsOf(host)["name"];
        const label = `${file} ${typeof name === "string" ? name : `[${index}]`}`;
        labels.set(JSON.stringify([...path, "hosts", own.length + index]), label);
      });
      return { ...fields, hosts: [...own, ...found] };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      findings.push({ path: [...path, "hostsFile"], fault: `cannot be read: ${reason}` });
      return fields;
    }
  };
  const pools = Object.entries(fieldsOf(raw["pools"])).map(([name, pool]) => [
    name,
    isObject(pool) ? added(["pools", name], fieldsOf(pool)) : pool,
  ]);
  const whole = { ...added([], raw), ...(isObject(raw["pools"]) && { pools: Object.fromEntries(pools) as unknown }) };
  return {
    raw: withHostKeys(whole, read, findings),
    findings,
    labelOf: (path) => labels.get(JSON.stringify(path.slice(0, path.lastIndexOf("hosts") + 2))),
  };
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A list of hosts, or an inventory. */
function hostsOf(text: string, group: string | undefined): unknown[] {
  const document = yamlOf(text);
  if (Array.isArray(document)) return document;
  return inventoryHosts(isObject(document) ? yamlInventory(document) : parseIni(text), group);
}

/** What is no YAML may still be an inventory in its other form. */
function yamlOf(text: string): unknown {
  try {
    return load(text);
  } catch {
    return undefined;
  }
}

function withHostKeys(
  raw: Record<string, unknown>,
  read: (path: string) => string,
  findings: Finding[],
): Record<string, unknown> {
  const file = raw["knownHostsFile"];
  if (typeof file !== "string" || file === "") return raw;
  try {
    const keyOf = knownHosts(read(file));
    return poolScopes(raw).reduce(
      (whole, { hosts }) =>
        hosts.reduce((all, { path, said }) => {
          const { address, hostKey, sshPort = 22 } = said;
          const key = typeof address === "string" ? keyOf(address, Number(sshPort)) : undefined;
          const isMissing = hostKey === undefined && key !== undefined;
          return isMissing ? fieldsOf(withValue(all, [...path, "hostKey"], key)) : all;
        }, whole),
      raw,
    );
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    findings.push({ path: ["knownHostsFile"], fault: `cannot be read: ${reason}` });
    return raw;
  }
}
