import { fieldsOf } from "../../base/rules/finding";
import { groupOf, type Inventory } from "./ansibleIni";

/** An inventory in Ansible's form YAML, and kubespray's `hosts.yaml`: groups with `hosts`, `children` and `vars`. */
export function yamlInventory(document: unknown): Inventory {
  const inventory: Inventory = { groups: new Map() };
  Object.entries(fieldsOf(document)).forEach(([name, value]) => addGroup(inventory, name, value));
  return inventory;
}

function addGroup(inventory: Inventory, name: string, value: unknown): void {
  const group = groupOf(inventory, name);
  const { hosts, children, vars } = fieldsOf(value);
  for (const [host, variables] of Object.entries(fieldsOf(hosts))) {
    group.hosts.set(host, { ...group.hosts.get(host), ...fieldsOf(variables) });
  }
  Object.assign(group.variables, fieldsOf(vars));
  for (const [child, content] of Object.entries(fieldsOf(children))) {
    group.children.add(child);
    addGroup(inventory, child, content);
  }
}
