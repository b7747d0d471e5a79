import { z } from "zod";
import { arches } from "../arch";
import { cniModes, kubeProxyModes } from "../modes";
import type { Taint } from "../taint";
import * as address from "./addressRules";
import { labelFaults, parseTaint, taintErrors, taintObjectFaults } from "./labels";
import { isPlainObject } from "./finding";
import * as name from "./nameRules";
import * as secret from "./secretRules";
import * as ssh from "./sshRules";
import { choice, flag, integer, isMissing, judged, text, type Report } from "./values";

// The rules of single values, by what they are values of. A stack's settings and a component's arguments are both put together of
// these, so that there is no second way in.

/** TCP port. */
export const port = integer(1, 65535);

/** Labels of a Node. Read by hand, because zod drops a key such as "__proto__" without a word. */
const labels = judged((value, report): Record<string, string> => {
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

/** A taint as text, "key=value:Effect", or as an object. */
const taint = judged((value, report): Taint => {
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
  arch: choice(arches).default("amd64"),
  labels: labels.default({}),
  taints: z.array(taint, { error: 'is not a list; write e.g. ["dedicated=build:NoSchedule"]' }).default([]),
  nodeIP: text("", address.nodeIPFault).optional(),
  adopt: flag.default(false),
  lost: flag.default(false),
};

/** How a host is reached. */
export const connectionFields = {
  address: text('write the address SSH connects to, e.g. "10.231.0.11"', address.hostAddressFault),
  user: text("", name.userFault),
  hostKey: text(
    "write the SSH server's public key, as in the host's /etc/ssh/ssh_host_ed25519_key.pub",
    ssh.hostKeyFault,
  ).transform(ssh.withoutComment),
  privateKey: text("", ssh.sshPrivateKeyFault),
  password: text(""),
  agentSocketPath: text("", name.socketFault),
};

/** Where a binary comes from. */
export const binaryFields = {
  source: text("", name.binarySourceFault).optional(),
  sha256: text("write the file's checksum", name.sha256Fault).toLowerCase(),
};

const binary = z.object(binaryFields, {
  error: (issue) =>
    isMissing(issue)
      ? "is required; write an object with sha256"
      : "is not an object; write sha256 and, unless it is the official one, source",
});

/** The files of one architecture. */
export const archBinaries = z.object(
  { kubelet: binary, kubeProxy: binary, cniPlugins: binary.optional() },
  { error: "is not an object; write kubelet, kubeProxy and cniPlugins" },
);

/** The files by architecture. */
export const binaries = z.object(
  { amd64: archBinaries.optional(), arm64: archBinaries.optional() },
  { error: "is not an object; write an entry for each architecture, e.g. amd64" },
);

/** What every node of a cluster shares. */
export const clusterFields = {
  kubernetesVersion: text('write the release, e.g. "1.37.2"', name.kubernetesVersionFault),
  clusterName: text("", name.clusterNameFault).default("kubernetes"),
  apiServerEndpoint: text(
    'write the API server\'s URL, e.g. "https://10.231.0.1:6443"',
    address.apiServerEndpointFault,
  ).transform(address.canonicalEndpoint),
  caCertPem: text("write the PEM text of the cluster CA's certificate", secret.caCertPemFault),
  clusterCIDR: text('write the pods\' range, e.g. "10.2.0.0/16"', address.clusterCIDRFault),
  clusterDNS: z
    .array(text("write an IP address", address.clusterDNSFault), {
      error: (issue) =>
        `${isMissing(issue) ? "is required" : "is not a list"}; write the cluster IP of the DNS Service, e.g. ["10.1.0.2"]`,
    })
    .min(1, { error: 'is empty; write the cluster IP of the DNS Service, e.g. ["10.1.0.2"]' }),
  clusterDomain: text("", name.clusterDomainFault).default("cluster.local"),
};

/** Credentials of the cluster; `how` says in each door's words how to give one that is missing. */
export const clusterSecrets = {
  kubeconfig: (how: string) => text(how, secret.kubeconfigFault),
  caPrivateKeyPem: (how: string) => text(how, secret.caPrivateKeyPemFault),
  bootstrapToken: (how: string) => text(how, secret.bootstrapTokenFault),
};

/** An object of JSON values. Read by hand, because zod drops a key such as "__proto__" without a word. */
export const overrides = judged((value, report): Record<string, z.core.util.JSONType> => {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if (isObject) {
    reportNoJson(value, [], report);
  } else {
    report("is not an object; write fields by upstream's names");
  }
  return (isObject ? value : {}) as Record<string, z.core.util.JSONType>;
});

function reportNoJson(value: unknown, below: (string | number)[], report: Report): void {
  if (Array.isArray(value)) {
    value.forEach((item, index) => reportNoJson(item, [...below, index], report));
  } else if (typeof value === "object" && value !== null) {
    if (!isPlainObject(value))
      report("is not a value of JSON; write text, a number, true, false, a list or an object", below, true);
    else
      Object.entries(value).forEach(([key, item]) => item !== undefined && reportNoJson(item, [...below, key], report));
  } else if (!["string", "boolean"].includes(typeof value) && value !== null && !Number.isFinite(value)) {
    report("is not a value of JSON; write text, a number, true, false, a list or an object", below);
  }
}

/** How nodes are made. */
export const nodeFields = {
  kubeProxyMode: choice(kubeProxyModes, ["ipvs"]).default("nftables"),
  kubeProxyConfiguration: overrides.default({}),
  kubeletConfiguration: overrides.default({}),
  cniMode: choice(cniModes, ["flannel"]).default("bridge"),
  containerdConfiguration: overrides.default({}),
  sandboxImage: text("", name.imageFault).optional(),
  nodeReadyTimeoutSeconds: integer(1, 86400).default(300),
  drainTimeoutSeconds: integer(0, 86400).default(120),
};
