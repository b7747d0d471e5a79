import { createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";
import { load } from "js-yaml";
import type { Fault } from "../base/fault";

// No rule here may quote the value it judges, nor the text of an exception, which can hold a piece of it.

/** The bootstrap token, as kube-apiserver's authenticator matches it (cluster-bootstrap/token/api). */
export function bootstrapTokenFault(token: string): Fault | undefined {
  return /^[a-z0-9]{6}\.[a-z0-9]{16}$/.test(token)
    ? undefined
    : "is not a bootstrap token; write 6 and 16 lower-case letters or digits with a dot between, as `kubeadm token generate` prints";
}

/** The admin kubeconfig: YAML whose current context names a cluster and a user that are there. */
export function kubeconfigFault(text: string): Fault | undefined {
  const fix =
    "write the text of an admin kubeconfig: pulumi config set --secret kubernetes-worker-nodes:kubeconfig < FILE";
  const config = record(yaml(text));
  const context = record(named(config["contexts"], config["current-context"])["context"]);
  if (typeof config["current-context"] !== "string" || Object.keys(context).length === 0) {
    return `is not a kubeconfig with a current context; ${fix}`;
  }
  const cluster = record(named(config["clusters"], context["cluster"])["cluster"]);
  if (typeof cluster["server"] !== "string" || Object.keys(named(config["users"], context["user"])).length === 0) {
    return `has a current context whose cluster (with a server) or user is missing; ${fix}`;
  }
  return undefined;
}

function yaml(text: string): unknown {
  try {
    return load(text);
  } catch {
    return undefined;
  }
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function named(list: unknown, name: unknown): Record<string, unknown> {
  const entries: unknown[] = Array.isArray(list) ? list : [];
  return record(entries.find((entry) => record(entry)["name"] === name));
}

/** The certificates in a PEM text; undefined where the text holds none or one that cannot be read. */
export function readCertificates(pem: string): X509Certificate[] | undefined {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    return blocks.length === 0 ? undefined : blocks.map((block) => new X509Certificate(block));
  } catch {
    return undefined;
  }
}

/** The private key in a PEM text; undefined where it cannot be read or is encrypted. */
export function readPrivateKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

/** The CA's certificate, or a bundle of them. */
export function caCertPemFault(pem: string): Fault | undefined {
  const fix =
    'write the cluster CA\'s PEM text, "-----BEGIN CERTIFICATE-----..." (on a kubeadm master: /etc/kubernetes/pki/ca.crt)';
  if (pem.includes("PRIVATE KEY-----")) {
    return `holds a private key, and it is copied to every host; ${fix}`;
  }
  const certificates = readCertificates(pem);
  if (certificates === undefined) {
    return `is not a readable PEM certificate; ${fix}`;
  }
  return certificates.every((certificate) => certificate.ca)
    ? undefined
    : `holds a certificate that is not a CA's; ${fix}`;
}

/** The CA's private key. */
export function caPrivateKeyPemFault(pem: string): Fault | undefined {
  return readPrivateKey(pem) === undefined
    ? "is not a readable, unencrypted PEM private key; write the cluster CA's key (on a kubeadm master: /etc/kubernetes/pki/ca.key)"
    : undefined;
}
