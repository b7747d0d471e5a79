import { createHash } from "node:crypto";

/**
 * SHA-256 of each certificate of a PEM text, in hexadecimal: what says whether two texts have a certificate in common. The
 * shell's twin is render/scripts/certificates.sh.
 */
export function certificateDigests(pem: string): string[] {
  const blocks = pem.matchAll(/-BEGIN CERTIFICATE-+\s([^-]*)-+END CERTIFICATE-/g);
  return [...blocks].map(([, body = ""]) => createHash("sha256").update(Buffer.from(body, "base64")).digest("hex"));
}
