import "reflect-metadata";
import { Pkcs10CertificateRequestGenerator, type JsonName } from "@peculiar/x509";
import { z } from "zod";
import { idOf, readSigningKey } from "./keys";
import { stateOnlyResource } from "./stateOnlyResource";

const schema = z.strictObject({
  privateKeyPem: z.string(),
  subject: z.strictObject({ commonName: z.string().optional(), organization: z.string().optional() }).optional(),
});

/** `tls:index/certRequest:CertRequest`. Source: hashicorp/terraform-provider-tls resource_cert_request.go. */
export const certRequest = stateOnlyResource({
  schema,
  defaults: {},
  secret: ["privateKeyPem"],
  computed: ["keyAlgorithm", "certRequestPem"],
  async make({ privateKeyPem, subject: { organization, commonName } = {} }) {
    const { algorithm, keys, signing } = await readSigningKey(privateKeyPem, "privateKeyPem");
    // In the order in which Go's pkix.Name writes them.
    const name: JsonName = [
      ...(organization ? [{ O: [organization] }] : []),
      ...(commonName ? [{ CN: [commonName] }] : []),
    ];
    const request = await Pkcs10CertificateRequestGenerator.create({ name, keys, signingAlgorithm: signing });
    return {
      id: idOf(Buffer.from(request.rawData)),
      outputs: { keyAlgorithm: algorithm, certRequestPem: `${request.toString("pem")}\n` },
    };
  },
});
