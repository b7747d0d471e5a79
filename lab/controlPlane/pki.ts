import "reflect-metadata"; // @peculiar/x509's dependency injection wants it loaded first
import * as path from "node:path";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { readIfExists, writeFileAtomic } from "../machine/files";

x509.cryptoProvider.set(webcrypto as Crypto);

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const validityMilliseconds = 365 * 24 * 60 * 60 * 1000;

/** A certificate and its key, in PEM; the key as PKCS #8. */
export interface KeyPair {
  certificate: string;
  privateKey: string;
}

/** A certificate that the lab needs, as kubeadm makes it. */
export interface CertificateRequest {
  commonName: string;
  /** Group of a client. */
  organization?: string;
  usages: ("client" | "server")[];
  dnsNames?: string[];
  addresses?: string[];
}

/** A CA of that name in `directory`: read if it is there, made if not. Files NAME.crt and NAME.key. */
export async function ensureCa(directory: string, name: string, commonName: string): Promise<KeyPair> {
  return ensurePair(directory, name, async () => {
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      name: [{ CN: [commonName] }],
      ...validity(),
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(
          x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign | x509.KeyUsageFlags.digitalSignature,
          true,
        ),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    return { certificate: pemText(certificate.toString("pem")), privateKey: await privateKeyPem(keys.privateKey) };
  });
}

/** A certificate signed by `ca` in `directory`: read if it is there, made if not. Files NAME.crt and NAME.key. */
export async function ensureCertificate(
  directory: string,
  name: string,
  ca: KeyPair,
  request: CertificateRequest,
): Promise<KeyPair> {
  return ensurePair(directory, name, async () => {
    const issuer = new x509.X509Certificate(ca.certificate);
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
    const certificate = await x509.X509CertificateGenerator.create({
      subject: [{ CN: [request.commonName] }, ...(request.organization ? [{ O: [request.organization] }] : [])],
      issuer: issuer.subject,
      ...validity(),
      signingAlgorithm: algorithm,
      publicKey: keys.publicKey,
      signingKey: await signingKey(ca.privateKey),
      extensions: [...leafExtensions(request), await x509.AuthorityKeyIdentifierExtension.create(issuer)],
    });
    return { certificate: pemText(certificate.toString("pem")), privateKey: await privateKeyPem(keys.privateKey) };
  });
}

/** The key that signs service-account tokens, and its public half: files sa.key and sa.pub. */
export async function ensureServiceAccountKey(directory: string): Promise<void> {
  const file = path.join(directory, "sa");
  if ((await readIfExists(`${file}.key`)) !== undefined && (await readIfExists(`${file}.pub`)) !== undefined) return;
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  await writeFileAtomic(`${file}.key`, await privateKeyPem(keys.privateKey));
  const spki = await webcrypto.subtle.exportKey("spki", keys.publicKey);
  await writeFileAtomic(`${file}.pub`, pemText(x509.PemConverter.encode(spki, "PUBLIC KEY")));
}

async function ensurePair(directory: string, name: string, make: () => Promise<KeyPair>): Promise<KeyPair> {
  const files = { certificate: path.join(directory, `${name}.crt`), privateKey: path.join(directory, `${name}.key`) };
  const certificate = await readIfExists(files.certificate);
  const privateKey = await readIfExists(files.privateKey);
  if (certificate !== undefined && privateKey !== undefined) return { certificate, privateKey };
  const made = await make();
  await writeFileAtomic(files.privateKey, made.privateKey);
  await writeFileAtomic(files.certificate, made.certificate);
  return made;
}

function leafExtensions(request: CertificateRequest): x509.Extension[] {
  const purposes = { client: x509.ExtendedKeyUsage.clientAuth, server: x509.ExtendedKeyUsage.serverAuth };
  const names: x509.JsonGeneralNames = [
    ...(request.dnsNames ?? []).map((value) => ({ type: "dns" as const, value })),
    ...(request.addresses ?? []).map((value) => ({ type: "ip" as const, value })),
  ];
  return [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment, true),
    new x509.ExtendedKeyUsageExtension(request.usages.map((usage) => purposes[usage])),
    ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
  ];
}

/** Valid from a minute ago, since clocks differ a little. */
function validity(): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - 60_000), notAfter: new Date(now + validityMilliseconds) };
}

async function signingKey(pem: string): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey("pkcs8", x509.PemConverter.decodeFirst(pem), algorithm, false, ["sign"]);
}

async function privateKeyPem(key: webcrypto.CryptoKey): Promise<string> {
  return pemText(x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY"));
}

function pemText(pem: string): string {
  return `${pem.trimEnd()}\n`;
}
