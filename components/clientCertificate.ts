import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { issuerOfKey } from "../base/rules/secretRules";

/** What signs a client certificate: arguments of {@link KubeProxyCertificate} and {@link FlannelAccess}. */
export interface CertificateArgs {
  /** Certificate of the cluster's CA, PEM, or a bundle of several while the CA is changed. */
  caCertPem: pulumi.Input<string>;
  /** Private key of the cluster's CA, PEM; signs client certificates and reaches no host. Secret. */
  caPrivateKeyPem: pulumi.Input<string>;
}

/** A client certificate and its key. */
export interface ClientCertificate {
  /** Certificate, PEM. */
  certPem: pulumi.Output<string>;
  /** Private key, PEM. Secret. */
  privateKeyPem: pulumi.Output<string>;
}

/** A year, renewed by an `up` within its last month. */
const certificateHours = { validityPeriodHours: 8760, earlyRenewalHours: 720 };

/**
 * A client certificate by the cluster's CA.
 *
 * @param user `part` names the resources, `commonName` is the user as the cluster knows it
 */
export function createClientCertificate(
  name: string,
  { part, commonName }: { part: string; commonName: string },
  args: CertificateArgs,
  opts: pulumi.CustomResourceOptions,
): ClientCertificate {
  const key = new tls.PrivateKey(`${name}-${part}-key`, { algorithm: "ECDSA", ecdsaCurve: "P256" }, opts);
  const subject = { commonName, organization: "kubernetes-worker-nodes" };
  const request = new tls.CertRequest(`${name}-${part}-request`, { privateKeyPem: key.privateKeyPem, subject }, opts);
  const certificate = new tls.LocallySignedCert(
    `${name}-${part}-certificate`,
    {
      certRequestPem: request.certRequestPem,
      caCertPem: issuer(args),
      caPrivateKeyPem: pulumi.secret(args.caPrivateKeyPem),
      allowedUses: ["digital_signature", "key_encipherment", "client_auth"],
      ...certificateHours,
    },
    opts,
  );
  return { certPem: certificate.certPem, privateKeyPem: pulumi.secret(key.privateKeyPem) };
}

/** Of a bundle the certificate that the key signs for, wherever it stands in it: a signer takes the first. Public as the bundle is. */
function issuer({ caCertPem, caPrivateKeyPem }: CertificateArgs): pulumi.Output<string> {
  const certificates = pulumi.output(caCertPem);
  const chosen = pulumi.all([certificates, caPrivateKeyPem]).apply(([pem, key]) => issuerOfKey(pem, key));
  return pulumi.output(pulumi.isSecret(certificates)).apply((hidden) => (hidden ? chosen : pulumi.unsecret(chosen)));
}
