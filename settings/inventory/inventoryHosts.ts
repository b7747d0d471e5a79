import { groupOf, type Inventory, type Variables } from "./ansibleIni";

/** kubespray's group of workers; "kube-node" until its release 2.14. */
const workerGroups = ["kube_node", "kube-node"];

/**
 * The hosts of a group, as the setting `hosts` has them. Variables of a host go before those of its group, and those before the
 * groups' above it.
 *
 * @param wanted the group; by default kubespray's `kube_node`, else every host
 * @throws Error where there is no such group
 */
export function inventoryHosts(inventory: Inventory, wanted?: string): Record<string, unknown>[] {
  const known = [...inventory.groups.keys()];
  const group = wanted ?? workerGroups.find((name) => inventory.groups.has(name)) ?? "all";
  if (group !== "all" && !inventory.groups.has(group)) {
    throw new Error(`has no group "${group}"; its groups are ${known.join(", ")}`);
  }
  const names =
    group === "all" ? new Set(known.flatMap((name) => [...members(inventory, name)])) : members(inventory, group);
  return [...names].map((name) => hostOf(name, variablesOf(inventory, name)));
}

function members(inventory: Inventory, name: string, seen = new Set<string>()): Set<string> {
  if (seen.has(name)) return new Set();
  seen.add(name);
  const { hosts, children } = groupOf(inventory, name);
  return new Set([...hosts.keys(), ...[...children].flatMap((child) => [...members(inventory, child, seen)])]);
}

/** Of groups the one further down has the last word, as with Ansible; "all" has the first. */
function variablesOf(inventory: Inventory, host: string): Variables {
  const groups = [...inventory.groups].filter(([name]) => name === "all" || members(inventory, name).has(host));
  const byWidth = groups.sort(([a], [b]) => width(inventory, b) - width(inventory, a));
  const ofGroups = byWidth.map(([, { variables }]) => variables);
  const own = byWidth.map(([, { hosts }]) => hosts.get(host) ?? {});
  return Object.assign({}, ...ofGroups, ...own) as Variables;
}

function width(inventory: Inventory, name: string): number {
  return name === "all" ? Number.MAX_SAFE_INTEGER : members(inventory, name).size;
}

function hostOf(name: string, variables: Variables): Record<string, unknown> {
  const { ansible_host, ansible_ssh_host, ansible_port, ansible_user, ip, node_labels, node_taints } = variables;
  const fields = {
    name,
    address: ansible_host ?? ansible_ssh_host ?? name,
    port: ansible_port,
    user: ansible_user,
    nodeIP: ip,
    labels: node_labels,
    taints: node_taints,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
