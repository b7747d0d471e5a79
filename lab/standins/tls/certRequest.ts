import "reflect-metadata";
import { isIP } from "node:net";
import {
  Pkcs10CertificateRequestGenerator,
  SubjectAlternativeNameExtension,
  type JsonGeneralNames,
} from "@peculiar/x509";
import { z } from "zod";
import { idOf, readSigningKey } from "./keys";
import { stateOnlyResource } from "./stateOnlyResource";

const text = z.string().optional();
const texts = z.array(z.string()).optional();

const subjectSchema = z.strictObject({
  country: text,
  organization: text,
  organizationalUnit: text,
  locality: text,
  province: text,
  streetAddresses: texts,
  postalCode: text,
  commonName: text,
  serialNumber: text,
  emailAddress: text,
});

/** Object identifiers of the subject's parts, in the order in which Go's pkix.Name writes them. */
const subjectOids: readonly (readonly [keyof z.infer<typeof subjectSchema>, string])[] = [
  ["country", "2.5.4.6"],
  ["organization", "2.5.4.10"],
  ["organizationalUnit", "2.5.4.11"],
  ["locality", "2.5.4.7"],
  ["province", "2.5.4.8"],
  ["streetAddresses", "2.5.4.9"],
  ["postalCode", "2.5.4.17"],
  ["commonName", "2.5.4.3"],
  ["serialNumber", "2.5.4.5"],
  ["emailAddress", "1.2.840.113549.1.9.1"],
];

const schema = z.strictObject({
  privateKeyPem: z.string(),
  subject: subjectSchema.optional(),
  dnsNames: texts,
  ipAddresses: z.array(z.string().refine((address) => isIP(address) !== 0, "is no IP address")).optional(),
  uris: texts,
});

function alternativeNames(inputs: z.infer<typeof schema>): JsonGeneralNames {
  return [
    ...(inputs.dnsNames ?? []).map((value) => ({ type: "dns" as const, value })),
    ...(inputs.ipAddresses ?? []).map((value) => ({ type: "ip" as const, value })),
    ...(inputs.uris ?? []).map((value) => ({ type: "url" as const, value })),
  ];
}

/** `tls:index/certRequest:CertRequest`. Source: hashicorp/terraform-provider-tls resource_cert_request.go. */
export const certRequest = stateOnlyResource({
  schema,
  defaults: {},
  secret: ["privateKeyPem"],
  computed: ["keyAlgorithm", "certRequestPem"],
  async make(inputs) {
    const { algorithm, keys, signing } = await readSigningKey(inputs.privateKeyPem, "privateKeyPem");
    const names = alternativeNames(inputs);
    const request = await Pkcs10CertificateRequestGenerator.create({
      name: subjectOids.flatMap(([part, oid]) => {
        const values = [inputs.subject?.[part] ?? []].flat();
        return values.length > 0 ? [{ [oid]: values }] : [];
      }),
      extensions: names.length > 0 ? [new SubjectAlternativeNameExtension(names)] : [],
      keys,
      signingAlgorithm: signing,
    });
    return {
      id: idOf(Buffer.from(request.rawData)),
      outputs: { keyAlgorithm: algorithm, certRequestPem: `${request.toString("pem")}\n` },
    };
  },
});
