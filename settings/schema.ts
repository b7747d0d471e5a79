import { z } from "zod";
import { defaultKubernetesVersion } from "../base/kubernetesVersion";
import { described } from "../base/rules/described";
import * as fields from "../base/rules/fields";
import { nodeNameFault, userFault } from "../base/rules/nameRules";
import { isMissing, text } from "../base/rules/values";
import { keyRows, type KeyRow } from "./keyRows";

// The keys of a stack and how they are put together; the rules of their values are those of base/rules/, which a program's arguments
// go through too. The types of the settings, Pulumi.yaml's keys, docs/settings.md and the schema for editors are all made of this.

const setSecret = (key: string): string => `set it: pulumi config set --secret kubernetes-worker-nodes:${key}`;
const { address, user, hostKey, privateKey, password, agentSocketPath } = fields.connectionFields;

const host = z.object(
  {
    name: described(
      "Name of the host's Node: a DNS name of at most 63 characters, unique; capitals are made small, as kubelet and kube-proxy do. " +
        "Another name makes the machine another Node: it is drained, the old Node goes.",
      text('give the host a name, e.g. "node-1"', (value) => nodeNameFault(value.toLowerCase())).toLowerCase(),
    ),
    address,
    hostKey,
    port: described("TCP port for SSH.", fields.port.optional(), { unset: "`sshPort`" }),
    user: described("User for SSH.", user.optional(), { unset: "`sshUser`" }),
    ...fields.hostFields,
  },
  { error: "is not an object; write name, address and hostKey" },
);

const cluster = {
  kubernetesVersion: described(
    'Release of kubelet and kube-proxy, of 1.34 to 1.37, three parts, without "v", in quotes. Not newer than the API server.',
    fields.clusterFields.kubernetesVersion.default(defaultKubernetesVersion),
  ),
  clusterName: fields.clusterFields.clusterName,
  apiServerEndpoint: fields.clusterFields.apiServerEndpoint,
  caCertPem: fields.clusterFields.caCertPem,
  clusterCIDR: fields.clusterFields.clusterCIDR,
  clusterDNS: fields.clusterFields.clusterDNS,
  clusterDomain: fields.clusterFields.clusterDomain,
};

const clusterSecrets = {
  kubeconfig: fields.clusterSecrets.kubeconfig(`${setSecret("kubeconfig")} < FILE`),
  caPrivateKeyPem: fields.clusterSecrets.caPrivateKeyPem(`${setSecret("caPrivateKeyPem")} < FILE`),
  bootstrapToken: fields.clusterSecrets.bootstrapToken(setSecret("bootstrapToken")),
};

const ssh = {
  sshUser: described(
    "User of hosts that name no other: root, or one with passwordless sudo.",
    text("", userFault).default("root"),
  ),
  sshPort: described("TCP port of hosts that name no other.", fields.port.default(22)),
  sshAgentSocketPath: described("Socket of an SSH agent, an absolute path.", agentSocketPath.optional(), {
    unset: "`$SSH_AUTH_SOCK` of the process that changes the hosts, where no key and no password is set",
  }),
};

const sshSecrets = {
  sshPrivateKey: described("Private key, the text of a PEM or OpenSSH file.", privateKey.optional(), { secret: true }),
  sshPrivateKeyPassword: described(
    "Passphrase of `sshPrivateKey`; required where that is encrypted.",
    password.optional(),
    { secret: true },
  ),
  sshPassword: described("Password.", password.optional(), { secret: true }),
};

const hosts = {
  hosts: described(
    "The hosts, an object each with name, address and hostKey. See below.",
    z.array(host, {
      error: (issue) =>
        `${isMissing(issue) ? "is required" : "is not a list"}; write one object for each host: name, address, hostKey`,
    }),
  ),
};

const node = {
  ...fields.nodeFields,
  binaries: described(
    "The files installed, by architecture, each with its sha256. See below.",
    fields.binaries.default({}),
    {
      unset: "required",
    },
  ),
};

/** The keys by what they are about, each a table of docs/settings.md. */
export const groups = {
  cluster: { ...cluster, ...clusterSecrets },
  ssh: { ...ssh, ...sshSecrets },
  hosts,
  node,
};

/** The keys of a stack's configuration. */
export const settingsSchema = z.object({ ...groups.cluster, ...groups.ssh, ...groups.hosts, ...groups.node });

/** What is written inside a key, by the name of its table in docs/settings.md. */
export const parts = { host: host.shape, archBinaries: fields.archBinaries.shape, binary: fields.binaryFields };

/** The configuration as it is written, with single values checked and defaults filled in. */
export type ParsedConfiguration = z.output<typeof settingsSchema>;
/** A host as it is written. */
export type ParsedHost = z.output<typeof host>;
/** Keys whose values are secret, as far as types tell. */
export type SecretKey = keyof typeof clusterSecrets | keyof typeof sshSecrets;

/** Keys whose values are secret. */
export const secretKeys: readonly string[] = keysWhere(({ secret }) => secret);

/** Keys whose value is a list or an object, which Pulumi hands over as JSON. */
export const structuredKeys: readonly string[] = keysWhere(({ type }) => type === "array" || type === "object");

function keysWhere(has: (row: KeyRow) => boolean): string[] {
  return keyRows(settingsSchema.shape)
    .filter(has)
    .map(({ key }) => key);
}
