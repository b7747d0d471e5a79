import { z } from "zod";
import { arches } from "../base/arch";
import { defaultKubernetesVersion } from "../base/kubernetesVersion";
import { nodeNameFault, userFault } from "../base/rules/nameRules";
import * as fields from "../base/rules/fields";
import { isMissing, text } from "../base/rules/values";

// The keys of a stack and how they are put together; the rules of their values are those of base/rules/, which a program's arguments
// go through too.

const setSecret = (key: string): string => `set it: pulumi config set --secret kubernetes-worker-nodes:${key}`;
const { address, user, hostKey, privateKey, password, agentSocketPath } = fields.connectionFields;

const host = z.object(
  {
    name: text('give the host a name, e.g. "node-1"', (value) => nodeNameFault(value.toLowerCase())).toLowerCase(),
    address,
    hostKey,
    port: fields.port.optional(),
    user: user.optional(),
    ...fields.hostFields,
  },
  { error: "is not an object; write name, address and hostKey" },
);

const { kubernetesVersion, ...cluster } = fields.clusterFields;
const { kubeProxyMode, kubeProxyConfiguration, kubeletConfiguration, cniMode, ...node } = fields.nodeFields;
const { containerdConfiguration, sandboxImage, nodeReadyTimeoutSeconds, drainTimeoutSeconds } = node;

/** The keys of a stack's configuration. */
export const settingsSchema = z.object({
  kubernetesVersion: kubernetesVersion.default(defaultKubernetesVersion),
  clusterName: cluster.clusterName,
  apiServerEndpoint: cluster.apiServerEndpoint,
  caCertPem: cluster.caCertPem,
  clusterCIDR: cluster.clusterCIDR,
  clusterDNS: cluster.clusterDNS,
  clusterDomain: cluster.clusterDomain,
  kubeconfig: fields.clusterSecrets.kubeconfig(`${setSecret("kubeconfig")} < FILE`),
  caPrivateKeyPem: fields.clusterSecrets.caPrivateKeyPem(`${setSecret("caPrivateKeyPem")} < FILE`),
  bootstrapToken: fields.clusterSecrets.bootstrapToken(setSecret("bootstrapToken")),
  sshUser: text("", userFault).default("root"),
  sshPort: fields.port.default(22),
  sshPrivateKey: privateKey.optional(),
  sshPrivateKeyPassword: password.optional(),
  sshPassword: password.optional(),
  sshAgentSocketPath: agentSocketPath.optional(),
  hosts: z.array(host, {
    error: (issue) =>
      `${isMissing(issue) ? "is required" : "is not a list"}; write one object for each host: name, address, hostKey`,
  }),
  kubeProxyMode,
  kubeProxyConfiguration,
  kubeletConfiguration,
  cniMode,
  containerdConfiguration,
  sandboxImage,
  binaries: fields.binaries.default({}),
  nodeReadyTimeoutSeconds,
  drainTimeoutSeconds,
});

/** The configuration as it is written, with single values checked and defaults filled in. */
export type ParsedConfiguration = z.output<typeof settingsSchema>;

/** The fields each object may have. */
export const knownFields: Record<"settings" | "host" | "binaries" | "archBinaries" | "binary", readonly string[]> = {
  settings: Object.keys(settingsSchema.shape),
  host: Object.keys(host.shape),
  binaries: arches,
  archBinaries: Object.keys(fields.archBinaries.shape),
  binary: Object.keys(fields.archBinaries.shape.kubelet.shape),
};

/** Keys whose values are secret. */
export const secretKeys = [
  "kubeconfig",
  "caPrivateKeyPem",
  "bootstrapToken",
  "sshPrivateKey",
  "sshPrivateKeyPassword",
  "sshPassword",
] as const satisfies readonly (keyof ParsedConfiguration)[];
