import "reflect-metadata";
import { randomBytes } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { z } from "zod";
import type { PropertyMap } from "../protocol/propertyValue";
import { allowedUseNames, usageExtensions } from "./certificateUses";
import { readSigningKey } from "./keys";
import { stateOnlyResource } from "./stateOnlyResource";

const hours = z.number().int().min(0);

const schema = z.strictObject({
  certRequestPem: z.string(),
  caCertPem: z.string(),
  caPrivateKeyPem: z.string(),
  validityPeriodHours: hours,
  allowedUses: z.array(z.enum(allowedUseNames)),
  earlyRenewalHours: hours.optional(),
  isCaCertificate: z.boolean().optional(),
  maxPathLength: z.number().int().min(-1).optional(),
  setSubjectKeyId: z.boolean().optional(),
});
type Inputs = z.infer<typeof schema>;

const hourMs = 3_600_000;
const oids = { subjectAlternativeName: "2.5.29.17", subjectKeyIdentifier: "2.5.29.14" };

function read<Parsed>(parse: () => Parsed, property: string, what: string): Parsed {
  try {
    return parse();
  } catch (error) {
    throw new Error(`${property} is no ${what} in PEM: ${(error as Error).message}`, { cause: error });
  }
}

async function extensions(inputs: Inputs, request: x509.Pkcs10CertificateRequest, ca: x509.X509Certificate) {
  // Go takes a maximum path length of 0 for "not set", and so does the real provider.
  const pathLength = inputs.isCaCertificate && (inputs.maxPathLength ?? 0) > 0 ? inputs.maxPathLength : undefined;
  const list: x509.Extension[] = [
    ...usageExtensions(inputs.allowedUses),
    new x509.BasicConstraintsExtension(inputs.isCaCertificate ?? false, pathLength, true),
  ];
  if (inputs.isCaCertificate || inputs.setSubjectKeyId) {
    list.push(await x509.SubjectKeyIdentifierExtension.create(request.publicKey));
  }
  const caKeyId = ca.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId;
  if (caKeyId) list.push(new x509.AuthorityKeyIdentifierExtension(caKeyId));
  const names = request.getExtension(oids.subjectAlternativeName);
  if (names) list.push(new x509.Extension(names.type, request.subject === "", names.value));
  return list;
}

async function sign(inputs: Inputs): Promise<{ id: string; outputs: PropertyMap }> {
  const request = read(() => new x509.Pkcs10CertificateRequest(inputs.certRequestPem), "certRequestPem", "request");
  const ca = read(() => new x509.X509Certificate(inputs.caCertPem), "caCertPem", "certificate");
  const caKey = await readSigningKey(inputs.caPrivateKeyPem, "caPrivateKeyPem");
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
    extensions: await extensions(inputs, request, ca),
  });
  return {
    id: BigInt(`0x${serial.toString("hex")}`).toString(),
    outputs: {
      certPem: `${certificate.toString("pem")}\n`,
      caKeyAlgorithm: caKey.algorithm,
      validityStartTime: start.toISOString(),
      validityEndTime: end.toISOString(),
      readyForRenewal: (inputs.earlyRenewalHours ?? 0) >= inputs.validityPeriodHours,
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
  defaults: { earlyRenewalHours: 0, isCaCertificate: false, setSubjectKeyId: false },
  kept: ["maxPathLength"],
  inPlace: ["earlyRenewalHours"],
  secret: ["caPrivateKeyPem"],
  computed: ["certPem", "caKeyAlgorithm", "validityStartTime", "validityEndTime", "readyForRenewal"],
  make: sign,
  aged,
});
