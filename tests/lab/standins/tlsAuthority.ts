import "reflect-metadata";
import { createPrivateKey } from "node:crypto";
import * as x509 from "@peculiar/x509";

/** A CA made apart from the code under test. */
export async function newCa(
  algorithm: EcKeyGenParams | RsaHashedKeyGenParams = { name: "ECDSA", namedCurve: "P-256" },
): Promise<{ caCertPem: string; caPrivateKeyPem: string }> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: "01",
    name: "CN=kubernetes-ca, O=lab",
    keys,
    signingAlgorithm: { name: algorithm.name, hash: "SHA-256" },
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const der = Buffer.from(await crypto.subtle.exportKey("pkcs8", keys.privateKey));
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  return {
    caCertPem: certificate.toString("pem"),
    caPrivateKeyPem: key.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}
