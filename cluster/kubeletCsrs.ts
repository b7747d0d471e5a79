import type { V1CertificateSigningRequest } from "@kubernetes/client-node";

/** Two clocks, the cluster's and this machine's, may differ. */
const toleranceMs = 60_000;

/** Conditions of a request that is pending no more. */
const decided = ["Approved", "Denied", "Failed"];

/** A certificate request of a node's kubelet. */
export interface DescribedCsr {
  /** Name of the request. @example "csr-x7k2p" */
  readonly name: string;
  /** `csr-x7k2p (by system:bootstrap:07401b) is pending: ...` */
  readonly text: string;
  /** Made before the time that was asked for: it says nothing about the kubelet that is waited for. */
  readonly old: boolean;
  /** Nobody has approved or refused it yet. */
  readonly pending: boolean;
}

/**
 * What became of the certificate requests of a node's kubelet. TLS bootstrap ends in a Node only after a certificate was issued.
 *
 * @param since when the wait for the Node began.
 */
export function describeCsrsOf(
  nodeName: string,
  requests: readonly V1CertificateSigningRequest[],
  since: Date,
): DescribedCsr[] {
  return requests
    .filter(
      (csr) => csr.spec.request && hasCommonName(Buffer.from(csr.spec.request, "base64"), `system:node:${nodeName}`),
    )
    .map((csr) => ({
      name: csr.metadata?.name ?? "?",
      text: `${csr.metadata?.name ?? "?"} (by ${csr.spec.username ?? "?"}) ${describeState(csr)}`,
      old: isOld(csr, since),
      pending: !csr.status?.certificate && !(csr.status?.conditions ?? []).some(({ type }) => decided.includes(type)),
    }));
}

function isOld(csr: V1CertificateSigningRequest, since: Date): boolean {
  const created = csr.metadata?.creationTimestamp;
  return created !== undefined && created.getTime() < since.getTime() - toleranceMs;
}

function describeState(csr: V1CertificateSigningRequest): string {
  const condition = (type: string) => csr.status?.conditions?.find((candidate) => candidate.type === type);
  const refused = condition("Denied") ?? condition("Failed");
  if (refused) return `was ${refused.type.toLowerCase()}: ${refused.message ?? refused.reason ?? "no reason given"}`;
  if (csr.status?.certificate) return "was issued";
  if (condition("Approved"))
    return "is approved but not signed: has kube-controller-manager --cluster-signing-cert-file and key?";
  return "is pending: are the ClusterRoleBindings for automatic approval there, and does kube-controller-manager run?";
}

/**
 * Whether a PEM certificate request carries this common name. The name is looked for in the DER with its own length
 * before it, which is enough to keep node-1 and node-10 apart, and needs no ASN.1 library for one diagnosis.
 */
function hasCommonName(pem: Buffer, commonName: string): boolean {
  const der = Buffer.from(pem.toString("latin1").replace(/-----[^-]+-----/g, ""), "base64");
  const length = Buffer.byteLength(commonName);
  // DER: one byte below 128, else 0x81 and one byte, or 0x82 and two; a node name has at most 253 characters.
  const prefix = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return der.includes(Buffer.concat([Buffer.from(prefix), Buffer.from(commonName)]));
}
