import { z } from "zod";
import { described } from "../base/rules/described";
import * as fields from "../base/rules/fields";
import { text } from "../base/rules/values";
import { host, hostOnly, node, pool, sources, ssh, sshSecrets, version } from "./hostSchema";
import { keyRows, type KeyRow } from "./keyRows";

// The keys of a stack and how they are put together; the rules of their values are those of base/rules/, which a program's arguments
// go through too. The types of the settings, Pulumi.yaml's keys, docs/settings.md and the schema for editors are all made of this.

const setSecret = (key: string): string => `set it: pulumi config set --secret kubernetes-worker-nodes:${key}`;

const cluster = {
  ...version,
  clusterName: fields.clusterFields.clusterName,
  apiServerEndpoint: fields.clusterFields.apiServerEndpoint,
  apiServers: fields.clusterFields.apiServers,
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

const elsewhere = {
  clusterStack: described(
    "Another stack, whose outputs are taken for those keys of this table that are not set, by their names. As Pulumi names a stack: " +
      "`organization/project/stack`.",
    text("").optional(),
  ),
  clusterStackOutputs: described(
    "Names of that stack's outputs, by key, where they have others. An output that is taken for a secret has to be one.",
    z.record(z.string(), text("write an output's name"), { error: "is not an object; write key: output" }).default({}),
  ),
};

const hosts = {
  ...sources,
  knownHostsFile: described(
    "File in OpenSSH's format known_hosts, relative to the project's folder, for hosts that have no `hostKey`. Fill it by " +
      "`ssh-keyscan`, and compare the fingerprints with the hosts' own.",
    text("").optional(),
  ),
  pools: described(
    "Pools by name, each with hosts and with what they have otherwise than the keys of the stack say. See below.",
    z.record(z.string(), pool, { error: "is not an object; write name: { hosts: [...] }" }).default({}),
    { unset: "one of `hosts`, `hostsFile`, `pools`" },
  ),
};

/** The keys by what they are about, each a table of docs/settings.md. */
export const groups = {
  cluster: { ...cluster, ...clusterSecrets, ...elsewhere },
  ssh: { ...ssh, ...sshSecrets },
  hosts,
  node,
};

/** The keys of a stack's configuration. */
export const settingsSchema = z.object({ ...groups.cluster, ...groups.ssh, ...groups.hosts, ...groups.node });

/** Keys that another stack may answer. */
export const clusterKeys: readonly string[] = Object.keys({ ...cluster, ...clusterSecrets }).filter(
  (key) => key !== "kubernetesVersion",
);

/** What is written inside a key, by the name of its table in docs/settings.md. */
export const parts = { host: hostOnly, archBinaries: fields.archBinaries.shape, binary: fields.binaryFields };

/** The configuration as it is written, with single values checked and defaults filled in. */
export type ParsedConfiguration = z.output<typeof settingsSchema>;
/** A host as it is written. */
export type ParsedHost = z.output<typeof host>;
/** Keys whose values are secret, of the cluster and of hosts. */
export type ClusterSecretKey = keyof typeof clusterSecrets;
export type SshSecretKey = keyof typeof sshSecrets;

/** Keys whose values are secret. */
export const secretKeys: readonly string[] = keysWhere(({ secret }) => secret);

/** Keys whose value is a list or an object, which Pulumi hands over as JSON. */
export const structuredKeys: readonly string[] = keysWhere(({ type }) => type === "array" || type === "object");

function keysWhere(has: (row: KeyRow) => boolean): string[] {
  return keyRows(settingsSchema.shape)
    .filter(has)
    .map(({ key }) => key);
}
