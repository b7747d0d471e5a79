import "reflect-metadata";
import { generateKeyPairSync } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { parseSettings, type HostSettings, type Settings } from "../../settings";

/** A certificate and its private key, both PEM. */
export interface KeyPair {
  certPem: string;
  keyPem: string;
}

const day = 24 * 60 * 60 * 1000;

/** A new self-signed certificate, of a CA or of a server; valid from a day ago on for a year if nothing else is said. */
export async function selfSigned(ca: boolean, period: { notBefore?: Date; notAfter?: Date } = {}): Promise<KeyPair> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=kubernetes",
    keys,
    signingAlgorithm: algorithm,
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + 365 * day),
    ...period,
    extensions: [new x509.BasicConstraintsExtension(ca, undefined, true)],
  });
  const pkcs8 = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
  return { certPem: certificate.toString("pem"), keyPem: x509.PemConverter.encode(pkcs8, "PRIVATE KEY") };
}

/** An SSH public key's line, as in authorized_keys, of the right form for its type. */
export function publicKeyLine(type: string, fill: number, length = 32): string {
  const name = Buffer.from(type);
  const size = (bytes: number) => {
    const buffer = Buffer.alloc(4);
    buffer.writeUInt32BE(bytes);
    return buffer;
  };
  const data = Buffer.concat([size(name.length), name, size(length), Buffer.alloc(length, fill)]);
  return `${type} ${data.toString("base64")}`;
}

/** The parts of a test's configuration that tests change. */
export interface TestConfiguration extends Record<string, unknown> {
  hosts: Record<string, unknown>[];
  binaries: Record<string, Record<string, unknown>>;
}

export const kubeconfig = `
apiVersion: v1
kind: Config
clusters: [{name: lab, cluster: {server: "https://10.231.0.1:6443"}}]
users: [{name: admin, user: {token: not-shown-anywhere}}]
contexts: [{name: admin@lab, context: {cluster: lab, user: admin}}]
current-context: admin@lab
`;

/** A configuration of two hosts in which nothing is wrong. */
export function testConfiguration(ca: KeyPair): TestConfiguration {
  return {
    apiServerEndpoint: "https://10.231.0.1:6443",
    caCertPem: ca.certPem,
    clusterCIDR: "10.2.0.0/16",
    clusterDNS: ["10.1.0.2"],
    kubeconfig,
    caPrivateKeyPem: ca.keyPem,
    bootstrapToken: "abcdef.0123456789abcdef",
    sshPrivateKey: generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }),
    hosts: [
      { name: "node-1", address: "10.231.0.11", hostKey: publicKeyLine("ssh-ed25519", 1) },
      { name: "node-2", address: "10.231.0.12", hostKey: publicKeyLine("ssh-ed25519", 2) },
    ],
    binaries: {
      amd64: {
        kubelet: { sha256: "a".repeat(64) },
        kubeProxy: { sha256: "b".repeat(64), source: "bin/kube-proxy" },
        cniPlugins: { sha256: "C".repeat(64), source: "https://example.com/cni-plugins.tgz" },
      },
    },
  };
}

/** The hosts of all pools. */
export function hostsOf(settings: Settings | undefined): HostSettings[] {
  return settings?.pools.flatMap(({ hosts }) => hosts) ?? [];
}

/** The valid configuration after `change`. */
export function changed(ca: KeyPair, change: (configuration: TestConfiguration) => void): TestConfiguration {
  const configuration = testConfiguration(ca);
  change(configuration);
  return configuration;
}

/** Errors of the valid configuration after `change`, as "path: value rule; fix". */
export function errorsAfter(ca: KeyPair, change: (configuration: TestConfiguration) => void): string[] {
  const { settings, errors } = parseSettings(changed(ca, change));
  expect(settings === undefined).toBe(errors.length > 0);
  return errors.map(({ path, value, rule, fix }) => `${path}: ${value} ${rule}; ${fix}`);
}
