import { z } from "zod";
import { localEndpoint } from "../base/rules/apiServerRules";
import * as fields from "../base/rules/fields";
import { nodeNameFault } from "../base/rules/nameRules";
import { certPemFault, privateKeyPemFault } from "../base/rules/secretRules";
import { flag, integer, isMissing, text } from "../base/rules/values";
import { later } from "../base/rules/later";

// The arguments of the components and how they are put together; the rules of their values are those of base/rules/, which a stack's
// settings go through too. What may be an Output is in `later()`; everything else, which says how many resources there are and what
// they are called, has to be known when the program runs.

const { address, user, hostKey, privateKey, password, agentSocketPath } = fields.connectionFields;
const { labels, taints, nodeIP, ...host } = fields.hostFields;

const connection = z.object(
  {
    host: later(address),
    port: later(fields.port.optional()),
    user: later(user.optional()),
    privateKey: later(privateKey.optional()),
    privateKeyPassword: later(password.optional()),
    password: later(password.optional()),
    agentSocketPath: later(agentSocketPath.optional()),
    hostKey: later(hostKey),
    perDialTimeout: later(integer(1, 3600).optional()),
    dialErrorLimit: later(integer(1, 100_000).optional()),
  },
  { error: (issue) => `${isMissing(issue) ? "is required" : "is not an object"}; write host and hostKey` },
);

const hostShape = {
  nodeName: text('give the Node a name, e.g. "node-1"', nodeNameFault),
  connection: later(connection),
  ...host,
  labels: later(labels),
  taints: later(taints),
  nodeIP: later(nodeIP),
};

const clientCertificate = z.object(
  {
    certPem: later(text("give that of ClusterBootstrap", certPemFault)),
    privateKeyPem: later(text("give that of ClusterBootstrap", privateKeyPemFault)),
  },
  { error: (issue) => `${isMissing(issue) ? "is required" : "is not an object"}; give that of ClusterBootstrap` },
);

const { kubernetesVersion, clusterName, apiServerEndpoint, apiServers, caCertPem, ...network } = fields.clusterFields;
const { clusterCIDR, clusterDNS, clusterDomain } = network;
const secrets = {
  kubeconfig: fields.clusterSecrets.kubeconfig("give the text of an admin kubeconfig"),
  bootstrapToken: fields.clusterSecrets.bootstrapToken("give that of ClusterBootstrap"),
  caPrivateKeyPem: fields.clusterSecrets.caPrivateKeyPem("give the PEM text of the cluster CA's key"),
};

/** What every node of a cluster shares. */
export const clusterSchema = z.object(
  {
    kubernetesVersion: later(kubernetesVersion),
    clusterName: later(clusterName),
    apiServerEndpoint: later(apiServerEndpoint.default(localEndpoint)),
    apiServers: later(apiServers),
    caCertPem: later(caCertPem),
    clusterCIDR: later(clusterCIDR),
    clusterDNS: later(clusterDNS),
    clusterDomain: later(clusterDomain),
    bootstrapToken: later(secrets.bootstrapToken),
    kubeProxyCertificate: clientCertificate,
    flannelCertificate: clientCertificate.optional(),
    kubeconfig: later(secrets.kubeconfig),
  },
  {
    error: (issue) =>
      `${isMissing(issue) ? "is required" : "is not an object"}; write what the nodes of a cluster share`,
  },
);

const { kubeProxyConfiguration, kubeletConfiguration, containerdConfiguration, sandboxImage, ...node } =
  fields.nodeFields;
const nodeShape = {
  ...node,
  kubeProxyConfiguration: later(kubeProxyConfiguration),
  kubeletConfiguration: later(kubeletConfiguration),
  containerdConfiguration: later(containerdConfiguration),
  sandboxImage: later(sandboxImage),
};

const binary = z.object(
  { source: later(fields.binaryFields.source), sha256: later(fields.binaryFields.sha256) },
  { error: (issue) => `${isMissing(issue) ? "is required" : "is not an object"}; write an object with sha256` },
);
/** Binaries of one architecture. */
export const nodeBinariesSchema = z.object(
  {
    kubelet: binary,
    kubeProxy: binary.optional(),
    cniPlugins: binary.optional(),
    flanneld: binary.optional(),
    flannelCniPlugin: binary.optional(),
  },
  { error: "is not an object; write kubelet, kubeProxy and cniPlugins" },
);

/** Arguments of WorkerNode. */
export const workerNodeSchema = z.object({
  cluster: clusterSchema,
  ...hostShape,
  ...nodeShape,
  binaries: nodeBinariesSchema,
});

/** Arguments of WorkerPool. */
export const workerPoolSchema = z.object({
  cluster: clusterSchema,
  ...nodeShape,
  binaries: z
    .object(
      { amd64: nodeBinariesSchema.optional(), arm64: nodeBinariesSchema.optional() },
      { error: "is not an object; write an entry for each architecture, e.g. amd64" },
    )
    .default({}),
  resourceNamePrefix: text("", resourceNamePrefixFault).default(""),
  // It may be empty: a node that has something of its own is made by itself, with the pool as its parent.
  hosts: z.array(z.object(hostShape, { error: "is not an object; write nodeName and connection" }), {
    error: (issue) => `${isMissing(issue) ? "is required" : "is not a list"}; write one object for each host`,
  }),
});

function resourceNamePrefixFault(prefix: string): string | undefined {
  return /^[-A-Za-z0-9_.]*$/.test(prefix)
    ? undefined
    : 'is not of letters, digits, "-", "_" and "."; write e.g. "rack-2-"';
}

/** Arguments of ClusterBootstrap. */
export const clusterBootstrapSchema = z.object({
  bootstrapToken: later(secrets.bootstrapToken),
  bootstrapTokenExpiration: later(text("", expirationFault).optional()),
  caCertPem: later(caCertPem),
  caPrivateKeyPem: later(secrets.caPrivateKeyPem),
  flannel: flag.default(false),
});

function expirationFault(time: string): string | undefined {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(time) && !Number.isNaN(Date.parse(time))
    ? undefined
    : 'is not a time of RFC 3339; write e.g. "2030-01-01T00:00:00Z"';
}
