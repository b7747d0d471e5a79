import "reflect-metadata";
import { randomBytes } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { z } from "zod";
import type { Resource } from "../protocol/standIn";
import type { PropertyMap } from "../protocol/values";
import { readSigningKey } from "./keys";
import { stateOnlyResource } from "./stateOnlyResource";

/** The uses that a TLS client's certificate has, and a server's, to be told from it. */
const keyUsages: Partial<Record<string, x509.KeyUsageFlags>> = {
  digital_signature: x509.KeyUsageFlags.digitalSignature,
  key_encipherment: x509.KeyUsageFlags.keyEncipherment,
};
const extendedKeyUsages: Partial<Record<string, string>> = {
  client_auth: x509.ExtendedKeyUsage.clientAuth,
  server_auth: x509.ExtendedKeyUsage.serverAuth,
};

const hours = z.number().int().min(0);
const schema = z.strictObject({
  certRequestPem: z.string(),
  caCertPem: z.string(),
  caPrivateKeyPem: z.string(),
  validityPeriodHours: hours,
  allowedUses: z.array(z.enum([...Object.keys(keyUsages), ...Object.keys(extendedKeyUsages)])),
  earlyRenewalHours: hours.default(0),
});
type Inputs = z.infer<typeof schema>;

const hourMs = 3_600_000;

function read<Parsed>(parse: () => Parsed, property: string, what: string): Parsed {
  try {
    return parse();
  } catch (error) {
    throw new Error(`${property} is no ${what} in PEM: ${(error as Error).message}`, { cause: error });
  }
}

function extensions(allowedUses: string[], ca: x509.X509Certificate): x509.Extension[] {
  const flags: x509.KeyUsageFlags = allowedUses.reduce<number>((sum, use) => sum | (keyUsages[use] ?? 0), 0);
  const purposes = allowedUses.flatMap((use) => extendedKeyUsages[use] ?? []);
  const caKeyId = ca.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId;
  return [
    ...(flags ? [new x509.KeyUsagesExtension(flags, true)] : []),
    ...(purposes.length > 0 ? [new x509.ExtendedKeyUsageExtension(purposes)] : []),
    new x509.BasicConstraintsExtension(false, undefined, true),
    ...(caKeyId ? [new x509.AuthorityKeyIdentifierExtension(caKeyId)] : []),
  ];
}

async function sign(inputs: Inputs): Promise<Resource> {
  const request = read(() => new x509.Pkcs10CertificateRequest(inputs.certRequestPem), "certRequestPem", "request");
  const ca = read(() => new x509.X509Certificate(inputs.caCertPem), "caCertPem", "certificate");
  const caKey = await readSigningKey(inputs.caPrivateKeyPem, "caPrivateKeyPem");
  if (!caKey.publicKey.equals(Buffer.from(ca.publicKey.rawData))) {
    throw new Error("caPrivateKeyPem is not the key of the certificate in caCertPem");
  }
  const [start, serial] = [new Date(), randomBytes(16)];
  // A leading 01 keeps the serial positive and its length fixed.
  serial[0] = 1;
  const end = new Date(start.getTime() + inputs.validityPeriodHours * hourMs);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial.toString("hex"),
    subject: request.subjectName,
    issuer: ca.subjectName,
    notBefore: start,
    notAfter: end,
    publicKey: request.publicKey,
    signingKey: caKey.keys.privateKey,
    signingAlgorithm: caKey.signing,
    extensions: extensions(inputs.allowedUses, ca),
  });
  return {
    id: BigInt(`0x${serial.toString("hex")}`).toString(),
    outputs: {
      certPem: `${certificate.toString("pem")}\n`,
      caKeyAlgorithm: caKey.algorithm,
      validityStartTime: start.toISOString(),
      validityEndTime: end.toISOString(),
      readyForRenewal: inputs.earlyRenewalHours >= inputs.validityPeriodHours,
    },
  };
}

/** `readyForRenewal` once the certificate is within `earlyRenewalHours` of its end, and nothing before. */
function aged({ validityEndTime, earlyRenewalHours }: PropertyMap): PropertyMap {
  if (typeof validityEndTime !== "string") return {};
  const early = typeof earlyRenewalHours === "number" ? earlyRenewalHours * hourMs : 0;
  return Date.now() >= Date.parse(validityEndTime) - early ? { readyForRenewal: true } : {};
}

/**
 * `tls:index/locallySignedCert:LocallySignedCert`: every input but earlyRenewalHours replaces, and so does the time
 * within earlyRenewalHours of the end. Source: hashicorp/terraform-provider-tls resource_locally_signed_cert.go.
 */
export const locallySignedCert = stateOnlyResource({
  schema,
  // What a certificate is that the stand-in makes; asking for another is refused by name.
  defaults: { earlyRenewalHours: 0, isCaCertificate: false, setSubjectKeyId: false },
  inPlace: ["earlyRenewalHours"],
  secret: ["caPrivateKeyPem"],
  computed: ["certPem", "caKeyAlgorithm", "validityStartTime", "validityEndTime", "readyForRenewal"],
  make: sign,
  aged,
});
