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

describe("an admin kubeconfig", () => {
  const day = 24 * 60 * 60 * 1000;
  const at = (days: number): Date => new Date(Date.now() + days * day);
  const base64 = (pem: string): string => Buffer.from(pem).toString("base64");
  /** With a field in the cluster, or in the user. */
  const inCluster = (field: string): string => kubeconfig.replace("server:", `${field}, server:`);
  const inUser = (field: string): string => kubeconfig.replace("token:", `${field}, token:`);

  it.each([
    [
      "switches off the check of the server",
      inCluster("insecure-skip-tls-verify: true"),
      "says insecure-skip-tls-verify",
    ],
    ["does so as text", inCluster('insecure-skip-tls-verify: "true"'), "says insecure-skip-tls-verify"],
    ["has a server in clear", kubeconfig.replace("https://", "http://"), "has a server that is not https"],
    [
      "has a certificate that is none",
      inUser("client-certificate-data: aGVsbG8="),
      "has client-certificate-data that is no certificate",
    ],
  ])("is refused that %s", (_, text, expected) => {
    const errors = errorsAfter(ca, (c) => Object.assign(c, { kubeconfig: text }));
    expect(errors).toEqual([expect.stringContaining(`kubeconfig: [secret] ${expected}`)]);
    expect(errors.join()).not.toMatch(/not-shown-anywhere|aGVsbG8/);
  });

  it("may say that the server is checked", () => {
    expect(
      errorsAfter(ca, (c) => Object.assign(c, { kubeconfig: inCluster("insecure-skip-tls-verify: false") })),
    ).toEqual([]);
  });

  it("is refused whose client certificate has ended, or has not begun, with the date", async () => {
    const [ended, begins, valid] = await Promise.all([
      selfSigned(false, { notBefore: at(-400), notAfter: at(-35) }),
      selfSigned(false, { notBefore: at(2), notAfter: at(9) }),
      selfSigned(false),
    ]);
    const errorsWith = ({ certPem }: KeyPair): string[] =>
      errorsAfter(ca, (c) => Object.assign(c, { kubeconfig: inUser(`client-certificate-data: ${base64(certPem)}`) }));
    const date = (when: Date): string => when.toISOString().slice(0, 10);
    expect(errorsWith(ended)).toEqual([
      expect.stringContaining(`has a client certificate that ended on ${date(at(-35))}`),
    ]);
    expect(errorsWith(begins)).toEqual([expect.stringContaining(`that only begins on ${date(at(2))}`)]);
    expect(errorsWith(valid)).toEqual([]);
  });

  it("has to know its API server by a CA of caCertPem", async () => {
    const other = await selfSigned(true);
    const errorsWith = (pem: string): string[] =>
      errorsAfter(ca, (c) => Object.assign(c, { kubeconfig: inCluster(`certificate-authority-data: ${base64(pem)}`) }));
    expect(errorsWith(ca.certPem)).toEqual([]);
    expect(errorsWith(`${other.certPem}${ca.certPem}`)).toEqual([]);
    expect(errorsWith(other.certPem)).toEqual([
      expect.stringContaining(
        "caCertPem: (not shown) is of another CA than the kubeconfig's certificate-authority-data",
      ),
    ]);
  });

  it("is not the place of a CA whose certificates have all ended", async () => {
    const old = await selfSigned(true, { notBefore: at(-400), notAfter: at(-1) });
    const errors = errorsAfter(ca, (c) => Object.assign(c, { caCertPem: old.certPem, caPrivateKeyPem: old.keyPem }));
    expect(errors).toEqual([expect.stringContaining("is a certificate that ended on ")]);
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
      { isSecret: (key) => key === "clusterDomain" },
    );
    expect(errors.map(({ path, value }) => `${path} ${value}`)).toEqual(["clusterDomain [secret]"]);
  });

  it("a value of an encrypted key of which a rule makes its fix, or which another rule compares", () => {
    const { errors } = parseSettings(
      { ...testConfiguration(ca), clusterCIDR: "10.2.0.1/16", apiServerEndpoint: "https://0x0a.0.0.1:6443" },
      { isSecret: (key) => ["clusterCIDR", "apiServerEndpoint"].includes(key) },
    );
    expect(errors.map(({ path, fix }) => `${path} ${fix}`)).toEqual([
      'apiServerEndpoint write https, host and port, e.g. "https://10.231.0.1:6443"',
      'clusterCIDR write "..."',
    ]);
    const compared = parseSettings(
      { ...testConfiguration(ca), clusterDNS: ["10.2.0.2"] },
      { isSecret: (key) => key === "clusterCIDR" },
    );
    expect(JSON.stringify(compared.errors)).not.toContain("10.2.0.0/16");
  });

  it.each([
    [
      "kubeletConfiguration",
      { maxPods: "Hush", evictionHard: { "memory.available": "Hush" }, staticPodURLHeader: { a: "Hush" } },
    ],
    ["kubeProxyConfiguration", { metricsBindAddress: "Hush", nodePortAddresses: "Hush" }],
    ["containerdConfiguration", { plugins: { x: ["Hush", null] }, version: "Hush" }],
    [
      "hosts",
      [
        {
          name: "Hush hush",
          address: "Hush:hush",
          hostKey: "Hush",
          labels: { a: "Hush hush" },
          taints: ["Hush=Hush hush"],
        },
      ],
    ],
    [
      "binaries",
      { amd64: { kubelet: { sha256: "Hush", source: "http://Hush@x" }, kubeProxy: "Hush", cniPlugins: "Hush" } },
    ],
  ])("any value in the encrypted %s", (key, value) => {
    const { errors } = parseSettings({ ...testConfiguration(ca), [key]: value }, { isSecret: (name) => name === key });
    expect(errors.length).toBeGreaterThan(1);
    expect(JSON.stringify(errors)).not.toMatch(/Hush/i);
  });

  it("long values are cut", () => {
    const { errors } = parseSettings({ ...testConfiguration(ca), clusterName: "x".repeat(500) });
    expect(errors[0]?.value).toBe(`"${"x".repeat(58)}…`);
  });
});
