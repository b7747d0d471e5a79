/** An Ansible inventory as both its forms give it: groups with their hosts, children and variables. */
export interface Inventory {
  groups: Map<string, Group>;
}

/** One group of an inventory. */
export interface Group {
  hosts: Map<string, Variables>;
  children: Set<string>;
  variables: Variables;
}

/** Variables of a host or a group. */
export type Variables = Record<string, unknown>;

/** The group of that name, made where it is not there. */
export function groupOf({ groups }: Inventory, name: string): Group {
  const group = groups.get(name) ?? { hosts: new Map<string, Variables>(), children: new Set<string>(), variables: {} };
  groups.set(name, group);
  return group;
}

/**
 * An inventory in Ansible's form INI: groups, `:children`, `:vars`, ranges as in `node-[01:20]`.
 *
 * @throws Error with the line that is not understood
 * @see https://docs.ansible.com/ansible/latest/inventory_guide/intro_inventory.html
 */
export function parseIni(text: string): Inventory {
  const inventory: Inventory = { groups: new Map() };
  let [group, kind] = [groupOf(inventory, "ungrouped"), "hosts"];
  for (const [index, whole] of text.split(/\r?\n/).entries()) {
    const line = whole.replace(/(^|\s)[#;].*$/, "").trim();
    const head = /^\[([^:\]]+)(?::(children|vars|hosts))?\]$/.exec(line);
    if (head) {
      [group, kind] = [groupOf(inventory, head[1] ?? ""), head[2] ?? "hosts"];
    } else if (line.startsWith("[")) {
      throw new Error(`line ${index + 1}: "${line}" is no head of a group`);
    } else if (line !== "" && kind === "children") {
      group.children.add(line);
      groupOf(inventory, line);
    } else if (line !== "" && kind === "vars") {
      const [, key = line, value = ""] = /^([^=\s]+)\s*=\s*(.*)$/.exec(line) ?? [];
      group.variables[key] = valueOf(value);
    } else if (line !== "") {
      const [pattern = "", ...variables] = words(line);
      expanded(pattern).forEach((name) => group.hosts.set(name, { ...group.hosts.get(name), ...pairs(variables) }));
    }
  }
  return inventory;
}

/** Words, of which quotes keep blanks together. */
function words(line: string): string[] {
  return [...line.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) => word);
}

function pairs(words: string[]): Variables {
  return Object.fromEntries(
    words.map((word) => {
      const [, key = word, value = ""] = /^([^=]+)=(.*)$/.exec(word) ?? [];
      return [key, valueOf(value)];
    }),
  );
}

/** Ansible reads a value of this form as Python does; a list or an object is taken where it is JSON with either quotes. */
function valueOf(text: string): unknown {
  const bare = text.replace(/^(["'])(.*)\1$/, "$2");
  if (!/^[[{]/.test(bare)) return bare;
  for (const candidate of [bare, bare.replaceAll("'", '"')]) {
    try {
      return JSON.parse(candidate) as unknown;
    } catch {
      continue;
    }
  }
  return bare;
}

/** @example expanded("node-[01:03]") // ["node-01", "node-02", "node-03"] */
function expanded(pattern: string): string[] {
  const found = /^(.*?)\[(\d+|[a-z]):(\d+|[a-z])\](.*)$/.exec(pattern);
  if (found === null) return [pattern];
  const [, before = "", first = "", last = "", after = ""] = found;
  const isNumber = /^\d/.test(first);
  const [from, to] = isNumber ? [Number(first), Number(last)] : [first.charCodeAt(0), last.charCodeAt(0)];
  const all = Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
  const names = all.map((at) => (isNumber ? String(at).padStart(first.length, "0") : String.fromCharCode(at)));
  return names.flatMap((name) => expanded(`${before}${name}${after}`));
}
