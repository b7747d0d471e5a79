import { z } from "zod";
import { arches } from "../arch";
import { taintEffects, type Taint } from "../taint";
import * as address from "./addressRules";
import { described } from "./described";
import { labelFaults, parseTaint, taintErrors, taintObjectFaults } from "./labels";
import * as name from "./nameRules";
import * as ssh from "./sshRules";
import { choice, flag, integer, judged, text } from "./values";

/** TCP port. */
export const port = integer(1, 65535);

const textMap = { type: "object", additionalProperties: { type: "string" } } as const;

/** Labels of a Node. Read by hand, because zod drops a key such as "__proto__" without a word. */
const labels = judged(textMap, (value, report): Record<string, string> => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    report('is not an object; write "key: value" lines');
    return {};
  }
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  for (const [key, item] of entries) {
    if (typeof item === "string") {
      labelFaults(key, item).forEach(({ fault, ofKey }) => report(fault, [key], ofKey));
    } else {
      report("is not text; put it in quotes", [key]);
    }
  }
  return Object.fromEntries(entries);
});

const taintForm = {
  type: ["string", "object"],
  properties: { key: { type: "string" }, value: { type: "string" }, effect: { enum: [...taintEffects] } },
} as const;

/** A taint as text, "key=value:Effect", or as an object. */
const taint = judged(taintForm, (value, report): Taint => {
  const none: Taint = { key: "", effect: "NoSchedule" };
  if (typeof value === "string") {
    const faults = taintErrors(value);
    faults.forEach((fault) => report(`${fault}; write e.g. "dedicated=build:NoSchedule"`));
    return faults.length > 0 ? none : parseTaint(value);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    report('is no taint; write e.g. "dedicated=build:NoSchedule"');
    return none;
  }
  const { key, value: ofKey, effect, ...others } = value as Record<string, unknown>;
  Object.keys(others).forEach((other) =>
    report("is not a known key; a taint has key, value and effect", [other], true),
  );
  taintObjectFaults({ key, value: ofKey, effect }).forEach((fault) => report(fault));
  return (ofKey === undefined ? { key, effect } : { key, value: ofKey, effect }) as Taint;
});

/** What a host is, besides how it is reached. */
export const hostFields = {
  arch: described(
    "Architecture, `amd64` or `arm64`; selects the entry of `binaries`.",
    choice(arches).default("amd64"),
  ),
  labels: described(
    'Labels of the Node, kept as written here. `node-role.kubernetes.io/worker: ""` is possible, because the admin kubeconfig ' +
      "sets them, not the kubelet. Labels the kubelet keeps itself (`kubernetes.io/hostname`, `.../os`, `.../arch`) are refused.",
    labels.default({}),
  ),
  taints: described(
    'Taints of the Node, `"key=value:Effect"` or `"key:Effect"`, with the effects NoSchedule, PreferNoSchedule and NoExecute; or ' +
      "objects with `key`, `value` and `effect`.",
    z.array(taint, { error: 'is not a list; write e.g. ["dedicated=build:NoSchedule"]' }).default([]),
  ),
  nodeIP: described(
    "Address the Node reports (kubelet `--node-ip`), or `IPv4,IPv6`; unique, not inside `clusterCIDR`. `0.0.0.0` or `::` alone asks " +
      "the kubelet for one of that family.",
    text("", address.nodeIPFault).optional(),
    { unset: "kubelet's own" },
  ),
  adopt: described(
    "Takes over a machine that others made a node: kubeadm in this cluster (its `kubelet.conf` has to trust a CA of `caCertPem`; " +
      "unit and files are replaced, that file and its certificate stay), another stack, another host of this one, a copied disk, an " +
      "owner record that is gone or cannot be read. A Node it was by another name is drained and deleted. Never taken: a control " +
      "plane or another distribution, a node of another cluster, another machine's Node name. It may be removed after the run. A " +
      "copy that has another machine's machine-id needs one of its own first: all Nodes of that id would be deleted.",
    flag.default(false),
  ),
  lost: described(
    "The machine is gone for good. Set it and run `up`: the Node that carries the host's claim is drained (at most " +
      "`drainTimeoutSeconds`) and deleted from the cluster, and nothing is done on the machine, which is not asked any more; changes " +
      "of its settings are only recorded. Then take the host out of the list: its records go without a connection. Refused for a " +
      "host that is no node of the stack. A machine that comes back registers again: wipe it, or set `lost` back to false, and " +
      "everything is done anew.",
    flag.default(false),
  ),
};

/** How a host is reached. */
export const connectionFields = {
  address: described(
    "IP address or host name for SSH, unique together with the port.",
    text('write the address SSH connects to, e.g. "10.231.0.11"', address.hostAddressFault),
  ),
  user: text("", name.userFault),
  hostKey: described(
    "The SSH server's public key, as in the host's `/etc/ssh/ssh_host_ed25519_key.pub`: Ed25519 or ECDSA; unique: two hosts of one " +
      "key are one machine, or copies of one (`ssh-keygen -A` makes new keys). RSA keys are refused: pinning one pins the signature " +
      "ssh-rsa (SHA-1), which OpenSSH 8.8 and later do not make.",
    text(
      "write the SSH server's public key, as in the host's /etc/ssh/ssh_host_ed25519_key.pub",
      ssh.hostKeyFault,
    ).transform(ssh.withoutComment),
  ),
  privateKey: text("", ssh.sshPrivateKeyFault),
  password: text(""),
  agentSocketPath: text("", name.socketFault),
};
