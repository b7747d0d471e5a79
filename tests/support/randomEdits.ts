import type { Lab } from "../../lab/lab";
import { kubectl } from "../../lab/hosts/workload";
import { kubectlOf } from "./labOfTests";

/** A host as the stack's settings have it. */
export interface HostSettings {
  name: string;
  address: string;
  hostKey: string;
  labels: Record<string, string>;
}

/** What a stack says that edits change. */
export interface Wanted {
  hosts: HostSettings[];
  maxPods: number;
}

/** One edit: of the settings, of a host, or of the cluster. */
export interface Edit {
  what: string;
  settings?: (wanted: Wanted) => void;
  /** Done to the machine at the place in the lab. */
  machine?: { index: number; command: string };
  /** Done to the Node of the host at the place in the settings. */
  kubectl?: { index: number; args: (node: string) => string[] };
}

/** Files of ours and what is done to them. */
const spoiling = [
  "sed -i '$a maxPods: 7' /var/lib/kubelet/config.yaml",
  "sed -i '$a maxPods: 8' /var/lib/kubelet/config.yaml; systemctl restart kubelet",
  "rm -f /etc/kubernetes/kube-proxy.conf",
  "chmod 0644 /etc/kubernetes/kube-proxy.conf /etc/kubernetes/bootstrap-kubelet.conf",
  "chmod 4755 /opt/kubernetes/bin/*/kubelet",
  "echo broken >/opt/cni/bin/portmap",
  "systemctl stop kubelet",
  "systemctl mask --now kube-proxy 2>/dev/null; systemctl disable --now kube-proxy",
  "systemctl restart kubelet kube-proxy",
  "sysctl -q -w net.ipv4.ip_forward=0",
  "nft delete table ip kubernetes-worker-nodes",
  "sed -i 's/restrict_oom_score_adj.*//' /etc/containerd/conf.d/kubernetes-worker-nodes.toml",
];

const names = ["node-1", "node-2", "worker-a", "worker-b"];

/** A random edit that leaves settings that pass. */
export function randomEdit(lab: Lab, wanted: Wanted, random: () => number): Edit {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const index = Math.floor(random() * wanted.hosts.length);
  const free = names.filter((name) => wanted.hosts.every((host) => host.name !== name));
  const machine = Math.floor(random() * lab.hosts.length);
  const edits: Edit[] = [
    ...spoiling.map((command) => ({ what: command, machine: { index: machine, command } })),
    ...range(4).map(() => rename(index, pick(free))),
    ...(wanted.hosts.length > 1
      ? [...range(2).map(() => exchange("name")), ...range(2).map(() => exchange("address"))]
      : []),
    ...range(2).map(() => takeOutOrPutBack(lab, wanted, pick(free))),
    ...range(2).map(() => ({
      what: "another maxPods",
      settings: (all: Wanted) => void (all.maxPods = 40 + Math.floor(random() * 60)),
    })),
    label(index, String(Math.floor(random() * 3))),
    { what: "the Node deleted by hand", kubectl: { index, args: (node: string) => ["delete", "node", node] } },
    {
      what: "the Node's label taken away",
      kubectl: { index, args: (node: string) => ["label", "node", node, "edited-"] },
    },
  ];
  return pick(edits);
}

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

function rename(index: number, name: string): Edit {
  const settings = ({ hosts }: Wanted): void => {
    const host = hosts[index];
    if (host) host.name = name;
  };
  return { what: `host ${index} named ${name}`, settings };
}

function exchange(key: "name" | "address"): Edit {
  const settings = ({ hosts: [one, other] }: Wanted): void => {
    if (one === undefined || other === undefined) return;
    [one[key], other[key]] = [other[key], one[key]];
    // A key belongs to its machine.
    if (key === "address") [one.hostKey, other.hostKey] = [other.hostKey, one.hostKey];
  };
  return { what: `${key === "name" ? "names" : "addresses"} exchanged`, settings };
}

function takeOutOrPutBack(lab: Lab, wanted: Wanted, name: string): Edit {
  if (wanted.hosts.length > 1) return { what: "a host taken out", settings: ({ hosts }) => void hosts.pop() };
  const missing = lab.hosts.find(({ address }) => wanted.hosts.every((host) => host.address !== address));
  const settings = ({ hosts }: Wanted): void => {
    if (missing) hosts.push({ name, address: missing.address, hostKey: missing.hostKey, labels: {} });
  };
  return { what: `a host put in as ${name}`, settings };
}

function label(index: number, value: string): Edit {
  const settings = ({ hosts }: Wanted): void => {
    const host = hosts[index];
    if (host) host.labels = { ...host.labels, edited: value };
  };
  return { what: `label edited=${value} of host ${index}`, settings };
}

/** Does what an edit does outside of the settings. What there is nothing of cannot be spoiled, which is no failure. */
export async function carryOut(lab: Lab, wanted: Wanted, { machine, kubectl: call }: Edit): Promise<void> {
  if (machine) await lab.exec(lab.hosts[machine.index]?.name ?? "", machine.command);
  const node = call && wanted.hosts[call.index]?.name;
  if (call && node !== undefined) await kubectl(kubectlOf(lab), call.args(node)).catch(() => undefined);
}
