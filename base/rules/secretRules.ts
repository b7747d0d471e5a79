import { createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";
import { load } from "js-yaml";
import type { Fault } from "../fault";

// No rule here may quote the value it judges, nor the text of an exception, which can hold a piece of it.

/** The bootstrap token, as kube-apiserver's authenticator matches it (cluster-bootstrap/token/api). */
export function bootstrapTokenFault(token: string): Fault | undefined {
  return /^[a-z0-9]{6}\.[a-z0-9]{16}$/.test(token)
    ? undefined
    : "is not a bootstrap token; write 6 and 16 lower-case letters or digits with a dot between, as `kubeadm token generate` prints";
}

/** What the current context of a kubeconfig names; undefined where a part of it is missing. */
function currentContext(text: string): { cluster: Record<string, unknown>; user: Record<string, unknown> } | undefined {
  const config = record(yaml(text));
  const context = record(named(config["contexts"], config["current-context"])["context"]);
  const cluster = named(config["clusters"], context["cluster"])["cluster"];
  const user = named(config["users"], context["user"]);
  const complete = typeof record(cluster)["server"] === "string" && Object.keys(user).length > 0;
  return complete ? { cluster: record(cluster), user: record(user["user"]) } : undefined;
}

/** The admin kubeconfig: YAML whose current context names a cluster and a user that are there and can be trusted. */
export function kubeconfigFault(text: string, now = new Date()): Fault | undefined {
  const fix = "write the text of an admin kubeconfig, not the name of its file";
  const config = record(yaml(text));
  const context = record(named(config["contexts"], config["current-context"])["context"]);
  if (typeof config["current-context"] !== "string" || Object.keys(context).length === 0) {
    return `is not a kubeconfig with a current context; ${fix}`;
  }
  const current = currentContext(text);
  if (current === undefined) {
    return `has a current context whose cluster (with a server) or user is missing; ${fix}`;
  }
  return connectionFault(current.cluster) ?? clientCertificateFault(current.user, now);
}

/** A way to the API server on which others could read the credentials. */
function connectionFault(cluster: Record<string, unknown>): Fault | undefined {
  if (!/^https:\/\//i.test(String(cluster["server"]))) {
    return "has a server that is not https, so it would send credentials in clear; write the server's https URL there";
  }
  return [undefined, null, false].some((off) => off === cluster["insecure-skip-tls-verify"])
    ? undefined
    : "says insecure-skip-tls-verify, so that anyone on the way could read its credentials; write certificate-authority-data instead of it";
}

/** Clocks may differ by this much, in milliseconds. */
const clockSkew = 5 * 60 * 1000;

function clientCertificateFault(user: Record<string, unknown>, now: Date): Fault | undefined {
  const data = user["client-certificate-data"];
  if (data === undefined || data === null) {
    return undefined;
  }
  const [certificate] = readCertificates(Buffer.from(typeof data === "string" ? data : "", "base64").toString()) ?? [];
  if (certificate === undefined) {
    return "has client-certificate-data that is no certificate; write the text of a kubeconfig that works";
  }
  const fix = "write a kubeconfig with a valid one (on a kubeadm master: kubeadm certs renew admin.conf)";
  return periodFault([certificate], now, "has a client certificate", fix);
}

/** Whether none of the certificates is valid now. The dates are public. */
function periodFault(certificates: X509Certificate[], now: Date, subject: string, fix: string): Fault | undefined {
  const latest = Math.max(...certificates.map(({ validTo }) => Date.parse(validTo)));
  const earliest = Math.min(...certificates.map(({ validFrom }) => Date.parse(validFrom)));
  const day = (time: number): string => new Date(time).toISOString().replace(/\.\d+Z$/, "Z");
  if (latest < now.getTime()) {
    return `${subject} that ended on ${day(latest)}; ${fix}`;
  }
  return earliest > now.getTime() + clockSkew ? `${subject} that only begins on ${day(earliest)}; ${fix}` : undefined;
}

/** The CA certificates by which a kubeconfig knows its API server; undefined where it has none in it, or none that can be read. */
export function kubeconfigCertificates(text: string): X509Certificate[] | undefined {
  const data = currentContext(text)?.cluster["certificate-authority-data"];
  return typeof data === "string" ? readCertificates(Buffer.from(data, "base64").toString()) : undefined;
}

/** True where the two have a CA in common: its key, so that a CA whose certificate was renewed stays the same. */
export function shareAuthority(some: X509Certificate[], others: X509Certificate[]): boolean {
  const keys = new Set(others.map(authorityKey));
  return some.some((certificate) => keys.has(authorityKey(certificate)));
}

function authorityKey({ publicKey }: X509Certificate): string {
  return publicKey.export({ type: "spki", format: "der" }).toString("base64");
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

/** Of a bundle the certificate whose key this is; the bundle as it is where there is only one, or none of that key. */
export function issuerOfKey(bundle: string, privateKeyPem: string): string {
  const certificates = readCertificates(bundle) ?? [];
  const key = readPrivateKey(privateKeyPem);
  if (certificates.length < 2 || key === undefined) return bundle;
  return certificates.find((certificate) => certificate.checkPrivateKey(key))?.toString() ?? bundle;
}

/** The CA's certificate, or a bundle of them. */
export function caCertPemFault(pem: string, now = new Date()): Fault | undefined {
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
    ? periodFault(certificates, now, "is a certificate", "write the CA's valid one")
    : `holds a certificate that is not a CA's; ${fix}`;
}

/** The CA's private key. */
export function caPrivateKeyPemFault(pem: string): Fault | undefined {
  return readPrivateKey(pem) === undefined
    ? "is not a readable, unencrypted PEM private key; write the cluster CA's key (on a kubeadm master: /etc/kubernetes/pki/ca.key)"
    : undefined;
}

/** kube-proxy's client certificate. */
export function certPemFault(pem: string): Fault | undefined {
  return readCertificates(pem) === undefined ? "is not a readable PEM certificate; write its PEM text" : undefined;
}

/** A private key that a program reads. */
export function privateKeyPemFault(pem: string): Fault | undefined {
  return readPrivateKey(pem) === undefined
    ? "is not a readable, unencrypted PEM private key; write its PEM text"
    : undefined;
}
