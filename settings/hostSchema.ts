import { z } from "zod";
import { defaultKubernetesVersion } from "../base/kubernetesVersion";
import { described, descriptionOf } from "../base/rules/described";
import * as fields from "../base/rules/fields";
import { nodeNameFault, userFault } from "../base/rules/nameRules";
import { text } from "../base/rules/values";

// What is said of hosts and the nodes they become: of all of them by keys of the stack, of some by their pool, of one by itself.

const { address, user, hostKey, privateKey, password, agentSocketPath } = fields.connectionFields;

/** How hosts are reached. */
export const ssh = {
  sshUser: described(
    "User of hosts that name no other: root, or one with passwordless sudo.",
    text("", userFault).default("root"),
  ),
  sshPort: described("TCP port of hosts that name no other.", fields.port.default(22)),
  sshAgentSocketPath: described("Socket of an SSH agent, an absolute path.", agentSocketPath.optional(), {
    unset: "`$SSH_AUTH_SOCK` of the process that changes the hosts, where no key and no password is set",
  }),
};

/** Credentials of hosts. */
export const sshSecrets = {
  sshPrivateKey: described("Private key, the text of a PEM or OpenSSH file.", privateKey.optional(), { secret: true }),
  sshPrivateKeyPassword: described(
    "Passphrase of `sshPrivateKey`; required where that is encrypted.",
    password.optional(),
    { secret: true },
  ),
  sshPassword: described("Password.", password.optional(), { secret: true }),
};

/** How nodes are made. */
export const node = {
  ...fields.nodeFields,
  binaries: described(
    "The files installed, by architecture, each with its sha256. See below.",
    fields.binaries.default({}),
    {
      unset: "required",
    },
  ),
};

/** Release of what runs on a node. */
export const version = {
  kubernetesVersion: described(
    'Release of kubelet and kube-proxy, of 1.34 to 1.37, three parts, without "v", in quotes. Not newer than the API server.',
    fields.clusterFields.kubernetesVersion.default(defaultKubernetesVersion),
  ),
};

/** What a stack says of all its hosts. */
export const ofAll = { ...version, ...ssh, ...sshSecrets, ...node };

const { arch, labels, taints, nodeIP, adopt, lost } = fields.hostFields;

/** What a pool may say besides. */
const ofPool = { arch, labels, taints };

/** What makes a host itself. */
const identity = {
  name: described(
    "Name of the host's Node: a DNS name of at most 63 characters, unique; capitals are made small, as kubelet and kube-proxy do. " +
      "Another name makes the machine another Node: it is drained, the old Node goes.",
    text('give the host a name, e.g. "node-1"', (value) => nodeNameFault(value.toLowerCase())).toLowerCase(),
  ),
  address,
  hostKey,
};

/** Fields of a host that a pool or the stack cannot say. */
const alone = {
  port: described("TCP port for SSH, before every `sshPort`.", fields.port.optional(), { unset: "`sshPort`" }),
  user: described("User for SSH, before every `sshUser`.", user.optional(), { unset: "`sshUser`" }),
  nodeIP,
  adopt,
  lost,
};

/** A host as it is written, without what its pool and the stack say of it. */
export const host = z.object(
  { ...identity, ...alone, ...unfilled(ofPool), ...unfilled(ofAll) },
  { error: "is not an object; write name, address and hostKey" },
);

/** Of a host's fields those that docs/settings.md explains with the host; the others are keys of the stack too. */
export const hostOnly = { ...identity, ...alone, ...ofPool };

/** A host with everything that is said of it, defaults filled in. */
export const wholeHost = z.object({ ...identity, ...alone, ...ofPool, ...ofAll });

/** How a node is made. */
export const nodeSchema = z.object({ ...version, ...node });

/** Where hosts come from. */
export const sources = {
  hosts: described(
    "The hosts, an object each with name, address and hostKey. See below.",
    z.array(host, { error: "is not a list; write one object for each host: name, address, hostKey" }).default([]),
    { unset: "one of `hosts`, `hostsFile`, `pools`" },
  ),
  hostsFile: described(
    "File with hosts, relative to the project's folder: a YAML list as `hosts` has it, or an Ansible inventory, YAML or INI. They are " +
      "added to `hosts`. Of an inventory `ansible_host`, `ansible_port`, `ansible_user` are taken, and of kubespray's variables " +
      "`ip` (as nodeIP), `node_labels` and `node_taints`.",
    text("").optional(),
  ),
  hostsGroup: described("Group of the inventory whose hosts are taken.", text("").optional(), {
    unset: "`kube_node` if there is one, else all",
  }),
};

/** A pool as it is written. */
export const pool = z.object(
  { ...sources, ...unfilled(ofPool), ...unfilled(ofAll) },
  { error: "is not an object; write hosts, and what they have otherwise than the stack's keys say" },
);

type Shape = Readonly<Record<string, z.ZodType>>;
type Unfilled<S extends Shape> = { [K in keyof S]: z.ZodOptional<z.ZodType<Exclude<z.output<S[K]>, undefined>>> };

/** The same fields without defaults: what is not said here is said elsewhere. */
export function unfilled<S extends Shape>(shape: S): Unfilled<S> {
  const all = Object.entries(shape).map(([key, schema]) => {
    const { meaning, secret } = descriptionOf(schema);
    const inner = schema instanceof z.ZodOptional || schema instanceof z.ZodDefault ? schema.unwrap() : schema;
    const open = inner instanceof z.ZodObject ? partOf(inner) : (inner as z.ZodType);
    return [key, described(meaning, open.optional(), { secret, unset: "as elsewhere" })];
  });
  return Object.fromEntries(all) as Unfilled<S>;
}

/** An object of which any part may be said elsewhere. */
function partOf(schema: z.ZodObject): z.ZodType {
  const names = Object.keys(schema.shape).join(", ");
  return z.object(unfilled(schema.shape as Shape), { error: `is not an object; write any of ${names}` });
}
