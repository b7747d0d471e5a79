import { createHash, createPrivateKey, createPublicKey, sign, verify, X509Certificate } from "node:crypto";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { utils } from "ssh2";
import { plainMap, Secret, unknown, type PropertyMap } from "../../../lab/standins/protocol/propertyValue";
import { tlsStandIn } from "../../../lab/standins/tls";
import { PluginClient } from "./pluginClient";

const types = {
  key: "tls:index/privateKey:PrivateKey",
  request: "tls:index/certRequest:CertRequest",
  certificate: "tls:index/locallySignedCert:LocallySignedCert",
};
const clients: PluginClient[] = [];

async function serve(type: string): Promise<PluginClient> {
  const client = await PluginClient.serve(tlsStandIn, type);
  clients.push(client);
  await client.configure();
  return client;
}

async function newKey(inputs: PropertyMap): Promise<Record<string, string>> {
  const { id, outputs } = await (await serve(types.key)).create(inputs);
  return { id, ...(plainMap(outputs) as Record<string, string>) };
}

/** A CA made apart from the code under test. */
async function newCa(): Promise<{ caCertPem: string; caPrivateKeyPem: string }> {
  const keys = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: "01",
    name: "CN=kubernetes-ca, O=lab",
    keys,
    signingAlgorithm: { name: "ECDSA", hash: "SHA-256" },
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

async function certificateInputs(
  changes: PropertyMap = {},
  key: PropertyMap = { algorithm: "ECDSA", ecdsaCurve: "P256" },
) {
  const { privateKeyPem = "" } = await newKey(key);
  const request = await (
    await serve(types.request)
  ).create({
    privateKeyPem,
    subject: { commonName: "system:kube-proxy", organization: "system:node-proxier" },
    dnsNames: ["proxy.example"],
    ipAddresses: ["10.0.0.1", "fd00::1"],
  });
  return {
    ...(await newCa()),
    certRequestPem: request.outputs.certRequestPem ?? null,
    allowedUses: ["digital_signature", "key_encipherment", "client_auth"],
    validityPeriodHours: 24,
    earlyRenewalHours: 2,
    ...changes,
  };
}

afterEach(() => {
  jest.restoreAllMocks();
  clients.splice(0).forEach((client) => client.close());
});

describe("PrivateKey", () => {
  test.each([
    [{ algorithm: "ECDSA", ecdsaCurve: "P224" }, "EC PRIVATE KEY", undefined],
    [{ algorithm: "ECDSA", ecdsaCurve: "P256" }, "EC PRIVATE KEY", "ecdsa-sha2-nistp256"],
    [{ algorithm: "ECDSA", ecdsaCurve: "P384" }, "EC PRIVATE KEY", "ecdsa-sha2-nistp384"],
    [{ algorithm: "ECDSA", ecdsaCurve: "P521" }, "EC PRIVATE KEY", "ecdsa-sha2-nistp521"],
    [{ algorithm: "RSA", rsaBits: 2048 }, "RSA PRIVATE KEY", "ssh-rsa"],
    [{ algorithm: "ED25519" }, "PRIVATE KEY", "ssh-ed25519"],
  ])("%j gives the same key in every format", async (inputs, pemType, sshType) => {
    const key = await newKey(inputs);
    expect(key.privateKeyPem).toMatch(new RegExp(`^-----BEGIN ${pemType}-----\n[^-]+\n-----END ${pemType}-----\n$`));
    expect(key.privateKeyPemPkcs8).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    const spki = createPublicKey(key.publicKeyPem ?? "").export({ type: "spki", format: "der" });
    for (const pem of [key.privateKeyPem, key.privateKeyPemPkcs8]) {
      expect(createPublicKey(pem ?? "").export({ type: "spki", format: "der" })).toEqual(spki);
    }
    expect(key.id).toBe(createHash("sha1").update(spki).digest("hex"));
    if (sshType === undefined) {
      expect([key.privateKeyOpenssh, key.publicKeyOpenssh, key.publicKeyFingerprintSha256]).toEqual(["", "", ""]);
      return;
    }
    const ssh = utils.parseKey(key.privateKeyOpenssh ?? "");
    if (ssh instanceof Error) throw ssh;
    expect(key.publicKeyOpenssh).toBe(`${sshType} ${ssh.getPublicSSH().toString("base64")}\n`);
    expect(key.publicKeyFingerprintSha256).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
    expect(key.publicKeyFingerprintMd5).toMatch(/^([0-9a-f]{2}:){15}[0-9a-f]{2}$/);
    const hash = inputs.algorithm === "ED25519" ? null : "sha256";
    const signature = sign(hash, Buffer.from("data"), ssh.getPrivatePEM());
    expect(verify(hash, Buffer.from("data"), key.publicKeyPem ?? "", signature)).toBe(true);
  });

  test("a key that ssh2 made wrongly is made again", async () => {
    const original = utils.generateKeyPair as (...args: unknown[]) => void;
    const generate = jest.spyOn(utils, "generateKeyPair").mockImplementationOnce((...args: unknown[]) => {
      const done = args.at(-1) as (error: Error | null, pair: { private: string; public: string }) => void;
      done(null, { private: "cut short", public: "" });
    });
    generate.mockImplementation((...args: unknown[]) => original(...args));
    expect((await newKey({ algorithm: "ED25519" })).publicKeyOpenssh).toMatch(/^ssh-ed25519 /);
    expect(generate).toHaveBeenCalledTimes(2);
  });

  test("private parts are secret and the curve's default is in the outputs", async () => {
    const { outputs } = await (await serve(types.key)).create({ algorithm: "ECDSA" });
    for (const name of ["privateKeyPem", "privateKeyPemPkcs8", "privateKeyOpenssh"]) {
      expect(outputs[name]).toBeInstanceOf(Secret);
    }
    expect(outputs).toMatchObject({ algorithm: "ECDSA", ecdsaCurve: "P224", rsaBits: 2048 });
    expect(outputs.publicKeyPem).toEqual(expect.any(String));
  });

  test("a preview knows the inputs and no output", async () => {
    const { outputs } = await (await serve(types.key)).create({ algorithm: "RSA" }, { preview: true });
    expect(outputs).toMatchObject({ algorithm: "RSA", rsaBits: 2048, publicKeyPem: unknown });
    expect(outputs.privateKeyPem).toEqual(new Secret(unknown));
  });

  test("any change replaces, and writing out a default changes nothing", async () => {
    const client = await serve(types.key);
    const { outputs } = await client.create({ algorithm: "ECDSA" });
    const same = { changes: false, replaces: [] };
    expect(await client.diff(outputs, { algorithm: "ECDSA", ecdsaCurve: "P224" })).toMatchObject(same);
    const changed = await client.diff(outputs, { algorithm: "ECDSA", ecdsaCurve: "P256" });
    expect(changed).toMatchObject({ changes: true, replaces: ["ecdsaCurve"] });
  });

  test("what cannot be served is refused by name", async () => {
    const client = await serve(types.key);
    const { failures } = await client.check({ algorithm: "DSA", bits: 1 });
    expect(failures).toEqual([expect.stringMatching(/^algorithm: .*RSA/), expect.stringMatching(/"bits"/)]);
    expect((await client.check({ algorithm: unknown })).failures).toEqual([]);
    const other = client.create({}, { type: "tls:index/selfSignedCert:SelfSignedCert" });
    await expect(other).rejects.toThrow(/stand-in for the tls plugin does not serve tls:index\/selfSignedCert/);
  });
});

describe("LocallySignedCert", () => {
  test.each([
    [{ algorithm: "ECDSA", ecdsaCurve: "P384" }],
    [{ algorithm: "RSA", rsaBits: 2048 }],
    [{ algorithm: "ED25519" }],
  ])("signs the request of a %j key with the CA", async (key) => {
    const inputs = await certificateInputs({}, key);
    const { id, outputs } = await (await serve(types.certificate)).create(inputs);
    const certificate = new X509Certificate(outputs.certPem as string);
    const ca = new X509Certificate(inputs.caCertPem);
    expect(certificate.verify(ca.publicKey)).toBe(true);
    expect(certificate.checkIssued(ca)).toBe(true);
    expect(certificate.subject.split("\n").sort()).toEqual(["CN=system:kube-proxy", "O=system:node-proxier"]);
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]);
    expect(certificate.ca).toBe(false);
    expect(certificate.subjectAltName).toBe("DNS:proxy.example, IP Address:10.0.0.1, IP Address:FD00:0:0:0:0:0:0:1");
    expect(BigInt(`0x${certificate.serialNumber}`).toString()).toBe(id);
    const hours = (Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)) / 3_600_000;
    expect(hours).toBe(24);
    expect(outputs).toMatchObject({ caKeyAlgorithm: "ECDSA", readyForRenewal: false });
    expect(Math.abs(Date.parse(outputs.validityEndTime as string) - certificate.validToDate.getTime())).toBeLessThan(
      1001,
    );
    expect(outputs.caPrivateKeyPem).toBeInstanceOf(Secret);
  });

  test("openssl accepts the chain for a TLS client and for no server", async () => {
    const inputs = await certificateInputs();
    const { outputs } = await (await serve(types.certificate)).create(inputs);
    const directory = mkdtempSync(join(tmpdir(), "standins-tls-"));
    const verifyFor = (purpose: string) =>
      execFileSync("openssl", ["verify", "-purpose", purpose, "-CAfile", "ca.pem", "cert.pem"], {
        cwd: directory,
        stdio: "pipe",
      }).toString();
    try {
      writeFileSync(join(directory, "ca.pem"), inputs.caCertPem);
      writeFileSync(join(directory, "cert.pem"), outputs.certPem as string);
      expect(verifyFor("sslclient")).toBe("cert.pem: OK\n");
      expect(() => verifyFor("sslserver")).toThrow(/unsuitable certificate purpose|unsupported certificate purpose/);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test("every input but earlyRenewalHours replaces", async () => {
    const client = await serve(types.certificate);
    const inputs = await certificateInputs();
    const { outputs } = await client.create(inputs);
    expect(await client.diff(outputs, inputs)).toMatchObject({ changes: false });
    for (const [name, value] of Object.entries({
      allowedUses: ["server_auth"],
      validityPeriodHours: 25,
      isCaCertificate: true,
      caPrivateKeyPem: "other",
      certRequestPem: unknown,
    })) {
      expect(await client.diff(outputs, { ...inputs, [name]: value })).toMatchObject({
        diffs: [name],
        replaces: [name],
      });
    }
    const early = { ...inputs, earlyRenewalHours: 3 };
    expect(await client.diff(outputs, early)).toMatchObject({ diffs: ["earlyRenewalHours"], replaces: [] });
    expect(await client.update(outputs, early)).toMatchObject({ earlyRenewalHours: 3, certPem: outputs.certPem });
  });

  test("within earlyRenewalHours of its end it is ready for renewal and replaced", async () => {
    const client = await serve(types.certificate);
    const inputs = await certificateInputs();
    const { id, outputs } = await client.create(inputs);
    const end = Date.parse(outputs.validityEndTime as string);
    const now = jest.spyOn(Date, "now").mockReturnValue(end - 2 * 3_600_000 - 1000);
    expect(await client.diff(outputs, inputs)).toMatchObject({ changes: false });
    expect((await client.read(id, outputs, inputs)).outputs.readyForRenewal).toBe(false);
    now.mockReturnValue(end - 2 * 3_600_000);
    expect(await client.diff(outputs, inputs)).toMatchObject({ changes: true, replaces: ["readyForRenewal"] });
    expect((await client.read(id, outputs, inputs)).outputs.readyForRenewal).toBe(true);
  });

  test("a wrong key or request is named without being shown", async () => {
    const client = await serve(types.certificate);
    const inputs = await certificateInputs();
    const wrongKey = client.create({ ...inputs, caPrivateKeyPem: "-----BEGIN SOMETHING-----hunter2" });
    await expect(wrongKey).rejects.toThrow(/caPrivateKeyPem is no private key/);
    await expect(wrongKey).rejects.not.toThrow(/hunter2/);
    await expect(client.create({ ...inputs, certRequestPem: "x" })).rejects.toThrow(/certRequestPem is no request/);
    const { failures } = await client.check({ ...inputs, allowedUses: ["clientAuth"] });
    expect(failures).toEqual([expect.stringMatching(/^allowedUses\.0: .*client_auth/)]);
  });
});
