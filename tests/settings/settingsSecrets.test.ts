import { parseSettings } from "../../settings";
import { errorsAfter, kubeconfig, selfSigned, testConfiguration, type KeyPair } from "./testConfiguration";

let ca: KeyPair;
let server: KeyPair;

beforeAll(async () => {
  [ca, server] = await Promise.all([selfSigned(true), selfSigned(false)]);
});

describe("keys and certificates", () => {
  it("refuses a certificate that is not a CA's", () => {
    const errors = errorsAfter(ca, (c) =>
      Object.assign(c, { caCertPem: server.certPem, caPrivateKeyPem: server.keyPem }),
    );
    expect(errors).toEqual([expect.stringContaining("holds a certificate that is not a CA's")]);
  });

  it("refuses a CA key that belongs to another certificate", () => {
    const errors = errorsAfter(ca, (c) => Object.assign(c, { caPrivateKeyPem: server.keyPem }));
    expect(errors).toEqual([
      expect.stringContaining("caPrivateKeyPem: [secret] is not the key of any certificate in caCertPem"),
    ]);
  });

  it("refuses a private key beside the certificate, which is copied to every host", () => {
    const errors = errorsAfter(ca, (c) => Object.assign(c, { caCertPem: `${ca.certPem}\n${ca.keyPem}` }));
    expect(errors).toEqual([expect.stringContaining("caCertPem: [secret] holds a private key")]);
  });

  it("accepts a bundle in which one certificate has the key", async () => {
    const other = await selfSigned(true);
    expect(errorsAfter(ca, (c) => Object.assign(c, { caCertPem: `${other.certPem}\n${ca.certPem}\n` }))).toEqual([]);
  });

  it("asks for the passphrase of an encrypted SSH key", () => {
    const pem = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    expect(errorsAfter(ca, (c) => Object.assign(c, { sshPrivateKey: pem }))).toEqual([
      expect.stringContaining("sshPrivateKeyPassword: (not set) is required, because sshPrivateKey is encrypted"),
    ]);
    expect(errorsAfter(ca, (c) => Object.assign(c, { sshPrivateKey: pem, sshPrivateKeyPassword: "x" }))).toEqual([]);
  });

  it.each([
    ["none", 0],
    ["aes256-ctr", 1],
  ])("recognises an OpenSSH key whose cipher is %s", (cipher, count) => {
    const size = Buffer.from([0, 0, 0, cipher.length]);
    const body = Buffer.concat([Buffer.from("openssh-key-v1\0"), size, Buffer.from(cipher)]).toString("base64");
    const sshPrivateKey = `-----BEGIN OPENSSH PRIVATE KEY-----\n${body}\n-----END OPENSSH PRIVATE KEY-----\n`;
    expect(errorsAfter(ca, (c) => Object.assign(c, { sshPrivateKey }))).toHaveLength(count);
  });

  it("refuses a kubeconfig whose current context names no user", () => {
    const errors = errorsAfter(ca, (c) =>
      Object.assign(c, { kubeconfig: kubeconfig.replace("user: admin}", "user: other}") }),
    );
    expect(errors).toEqual([expect.stringContaining("kubeconfig: [secret] has a current context whose cluster")]);
  });
});

describe("secrets are never shown", () => {
  const secret = "abcdef.0123456789abcdeX";

  it.each([
    ["in a secret key", (c: Record<string, unknown>) => Object.assign(c, { bootstrapToken: secret })],
    ["under a misspelled key", (c: Record<string, unknown>) => Object.assign(c, { bootstrapTokn: secret })],
    ["in a broken kubeconfig", (c: Record<string, unknown>) => Object.assign(c, { kubeconfig: `{token: ${secret}` })],
    [
      "in a URL",
      (c: Record<string, unknown>) => Object.assign(c, { apiServerEndpoint: `https://u:${secret}@10.0.0.1` }),
    ],
    ["in a field of a host", (c: Record<string, unknown>) => Object.assign(c, { hosts: [{ sshPassword: secret }] })],
  ])("%s", (_, change) => {
    const { errors } = parseSettings(change(testConfiguration(ca)));
    expect(errors.length).toBeGreaterThan(0);
    expect(JSON.stringify(errors)).not.toContain(secret);
  });

  it("a private key written to another key", () => {
    const { errors } = parseSettings({ ...testConfiguration(ca), caCertPem: ca.keyPem, clusterName: ca.keyPem });
    expect(errors.map(({ path, value }) => `${path} ${value}`)).toEqual(["clusterName [secret]", "caCertPem [secret]"]);
  });

  it("a value that the stack keeps encrypted", () => {
    const { errors } = parseSettings(
      { ...testConfiguration(ca), clusterDomain: "Hush" },
      (key) => key === "clusterDomain",
    );
    expect(errors.map(({ path, value }) => `${path} ${value}`)).toEqual(["clusterDomain [secret]"]);
  });

  it("long values are cut", () => {
    const { errors } = parseSettings({ ...testConfiguration(ca), clusterName: "x".repeat(500) });
    expect(errors[0]?.value).toBe(`"${"x".repeat(58)}…`);
  });
});
