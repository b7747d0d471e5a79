import { z } from "zod";
import { arches } from "../base/arch";
import * as address from "./addressRules";
import type { Fault } from "../base/fault";
import * as name from "./nameRules";
import * as secret from "./secretRules";
import * as ssh from "./sshRules";

// Every message given to zod is a Fault, "rule; fix". Only the shape and the rules of single values are here; what concerns more
// than one value is in crossChecks.ts, because zod skips an object's refinements as soon as one of its fields is wrong.

/** Text that `check` finds no fault with. `fix` says what to write where it is missing. */
function text(fix: string, check: (value: string) => Fault | undefined = () => undefined) {
  const error = (issue: { input?: unknown }): Fault =>
    issue.input === undefined ? `is required; ${fix}` : `is not text; put it in quotes`;
  return z.string({ error }).superRefine((value, context) => {
    const message = check(value);
    if (message !== undefined) {
      context.addIssue({ code: "custom", message });
    }
  });
}

/** A whole number between two bounds, as a number or (from `pulumi config set`) as its digits. */
function integer(least: number, most: number) {
  const error = `is not a whole number from ${least} to ${most}; write one, e.g. ${Math.min(most, Math.max(least, 22))}`;
  const digits = z.preprocess(
    (value) => (typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value),
    z.int({ error }),
  );
  return digits.refine((value) => value >= least && value <= most, { error });
}

/** One word of a list. `later` are words that the types already have and nothing carries out yet. */
function choice<const Words extends readonly [string, ...string[]]>(words: Words, later: readonly string[] = []) {
  const list = words.map((word) => `"${word}"`).join(" or ");
  return z.enum(words, {
    error: (issue) =>
      later.some((word) => word === issue.input)
        ? `is not yet available; use ${list}`
        : `is not one of the known words; write ${list}`,
  });
}

const isMissing = (issue: { input?: unknown }): boolean => issue.input === undefined;
/** An object of JSON values. */
export const jsonObject = z.record(z.string(), z.json(), {
  error: "is not an object; write fields by upstream's names",
});
const overrides = jsonObject.default({});
const port = integer(1, 65535);
const setSecret = (key: string): string => `set it: pulumi config set --secret kubernetes-worker-nodes:${key}`;

const host = z.object(
  {
    name: text('give the host a name, e.g. "node-1"', (value) => name.nodeNameFault(value.toLowerCase())).toLowerCase(),
    address: text('write the address SSH connects to, e.g. "10.231.0.11"', address.hostAddressFault),
    hostKey: text(
      "write the SSH server's public key, as in the host's /etc/ssh/ssh_host_ed25519_key.pub",
      ssh.hostKeyFault,
    ).transform(ssh.withoutComment),
    port: port.optional(),
    user: text("", name.userFault).optional(),
    arch: choice(arches).default("amd64"),
    labels: z
      .record(z.string(), text('write a value, which may be ""'), {
        error: 'is not an object; write "key: value" lines',
      })
      .default({}),
    taints: z
      .array(text('write "key=value:Effect"'), { error: 'is not a list; write e.g. ["dedicated=build:NoSchedule"]' })
      .default([]),
    nodeIP: text("", address.nodeIPFault).optional(),
  },
  { error: "is not an object; write name, address and hostKey" },
);

const binary = z.object(
  {
    source: text("", name.binarySourceFault).optional(),
    sha256: text("write the file's checksum", name.sha256Fault).toLowerCase(),
  },
  {
    error: (issue) =>
      isMissing(issue)
        ? "is required; write an object with sha256"
        : "is not an object; write sha256 and, unless it is the official one, source",
  },
);
const archBinaries = z.object(
  { kubelet: binary, kubeProxy: binary, cniPlugins: binary.optional() },
  { error: "is not an object; write kubelet, kubeProxy and cniPlugins" },
);

/** The keys of a stack's configuration. */
export const settingsSchema = z.object({
  kubernetesVersion: text("", name.kubernetesVersionFault).default("1.37.2"),
  clusterName: text("", name.clusterNameFault).default("kubernetes"),
  apiServerEndpoint: text(
    'write the API server\'s URL, e.g. "https://10.231.0.1:6443"',
    address.apiServerEndpointFault,
  ).transform((value) => value.replace(/\/$/, "")),
  caCertPem: text("write the PEM text of the cluster CA's certificate", secret.caCertPemFault),
  clusterCIDR: text('write the pods\' range, e.g. "10.2.0.0/16"', address.clusterCIDRFault),
  clusterDNS: z.array(text("write an IP address", address.clusterDNSFault), {
    error: (issue) =>
      `${isMissing(issue) ? "is required" : "is not a list"}; write the cluster IP of the DNS Service, e.g. ["10.1.0.2"]`,
  }),
  clusterDomain: text("", name.clusterDomainFault).default("cluster.local"),
  kubeconfig: text(`${setSecret("kubeconfig")} < FILE`, secret.kubeconfigFault),
  caPrivateKeyPem: text(`${setSecret("caPrivateKeyPem")} < FILE`, secret.caPrivateKeyPemFault),
  bootstrapToken: text(setSecret("bootstrapToken"), secret.bootstrapTokenFault),
  sshUser: text("", name.userFault).default("root"),
  sshPort: port.default(22),
  sshPrivateKey: text("", ssh.sshPrivateKeyFault).optional(),
  sshPrivateKeyPassword: text("").optional(),
  sshPassword: text("").optional(),
  sshAgentSocketPath: text("", name.socketFault).optional(),
  hosts: z.array(host, {
    error: (issue) =>
      `${isMissing(issue) ? "is required" : "is not a list"}; write one object for each host: name, address, hostKey`,
  }),
  kubeProxyMode: choice(["nftables", "iptables"], ["ipvs"]).default("nftables"),
  kubeProxyConfiguration: overrides,
  kubeletConfiguration: overrides,
  cniMode: choice(["bridge", "none"], ["flannel"]).default("bridge"),
  containerdConfiguration: overrides,
  sandboxImage: text("", name.imageFault).optional(),
  binaries: z
    .object(
      { amd64: archBinaries.optional(), arm64: archBinaries.optional() },
      { error: "is not an object; write an entry for each architecture, e.g. amd64" },
    )
    .default({}),
  nodeReadyTimeoutSeconds: integer(1, 86400).default(300),
  drainTimeoutSeconds: integer(0, 86400).default(120),
});

/** The configuration as it is written, with single values checked and defaults filled in. */
export type ParsedConfiguration = z.output<typeof settingsSchema>;

/** The fields each object may have, for naming those it may not. */
export const knownFields: Record<"settings" | "host" | "binaries" | "archBinaries" | "binary", readonly string[]> = {
  settings: Object.keys(settingsSchema.shape),
  host: Object.keys(host.shape),
  binaries: arches,
  archBinaries: Object.keys(archBinaries.shape),
  binary: Object.keys(binary.shape),
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
