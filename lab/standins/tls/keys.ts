import { createHash, createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";

/** A private key ready to sign certificates and requests. */
export interface SigningKey {
  /** As the tls package names it. */
  algorithm: "RSA" | "ECDSA";
  keys: CryptoKeyPair;
  /** What to sign with: the hash follows the key, as in Go's crypto/x509. */
  signing: { name: string; hash: string };
  /** DER of the public half, as it stands in a certificate. */
  publicKey: Buffer;
}

const curves: Partial<Record<string, { namedCurve: string; hash: string }>> = {
  prime256v1: { namedCurve: "P-256", hash: "SHA-256" },
  secp384r1: { namedCurve: "P-384", hash: "SHA-384" },
  secp521r1: { namedCurve: "P-521", hash: "SHA-512" },
};

/** The id that the real provider gives: the SHA-1 of `der` in hex. */
export function idOf(der: Buffer): string {
  return createHash("sha1").update(der).digest("hex");
}

function parse(pem: string, property: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw new Error(`${property} is no private key in PEM (PKCS#1, SEC1 or PKCS#8): ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function webCryptoAlgorithm(key: KeyObject, property: string): { name: string; namedCurve?: string; hash: string } {
  if (key.asymmetricKeyType === "rsa") return { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const name = key.asymmetricKeyDetails?.namedCurve ?? key.asymmetricKeyType ?? "unknown";
  const curve = curves[name];
  if (curve) return { name: "ECDSA", ...curve };
  throw new Error(
    `${property}: the stand-in signs with RSA and ECDSA P256, P384 and P521, not ${name}; the real tls plugin does`,
  );
}

/**
 * Reads a private key in PEM for signing.
 * @param property name of the input it came from, for errors; the key itself is never in one.
 */
export async function readSigningKey(pem: string, property: string): Promise<SigningKey> {
  const key = parse(pem, property);
  const algorithm = webCryptoAlgorithm(key, property);
  const privateDer = key.export({ type: "pkcs8", format: "der" });
  const publicKey = createPublicKey(key).export({ type: "spki", format: "der" });
  const importKey = (format: "pkcs8" | "spki", der: Buffer, usage: KeyUsage) =>
    crypto.subtle.importKey(format, new Uint8Array(der), algorithm, true, [usage]);
  return {
    algorithm: algorithm.namedCurve === undefined ? "RSA" : "ECDSA",
    keys: {
      privateKey: await importKey("pkcs8", privateDer, "sign"),
      publicKey: await importKey("spki", publicKey, "verify"),
    },
    signing: algorithm,
    publicKey,
  };
}
