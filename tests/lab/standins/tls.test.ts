import { createHash, createPublicKey, sign, verify, X509Certificate } from "node:crypto";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { utils } from "ssh2";
import { isSecret, revealMap, unknownValue, type PropertyMap } from "../../../lab/standins/protocol/values";
import { tlsStandIn } from "../../../lab/standins/tls";
import { PluginClient } from "./pluginClient";
import { newCa } from "./tlsAuthority";

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
  return { id, ...(revealMap(outputs) as Record<string, string>) };
}

const p256 = { algorithm: "ECDSA", ecdsaCurve: "P256" };

async function certificateInputs(changes: PropertyMap = {}, ca?: Awaited<ReturnType<typeof newCa>>) {
  const { privateKeyPem = "" } = await newKey(p256);
  const subject = { commonName: "system:kube-proxy", organization: "system:node-proxier" };
  const request = await (await serve(types.request)).create({ privateKeyPem, subject });
  return {
    ...(ca ?? (await newCa())),
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
    ["P256", "ecdsa-sha2-nistp256"],
    ["P384", "ecdsa-sha2-nistp384"],
    ["P521", "ecdsa-sha2-nistp521"],
  ])("%s gives the same key in every format", async (ecdsaCurve, sshType) => {
    const key = await newKey({ algorithm: "ECDSA", ecdsaCurve });
    expect(key.privateKeyPem).toMatch(/^-----BEGIN EC PRIVATE KEY-----\n[^-]+\n-----END EC PRIVATE KEY-----\n$/);
    expect(key.privateKeyPemPkcs8).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    const spki = createPublicKey(key.publicKeyPem ?? "").export({ type: "spki", format: "der" });
    for (const pem of [key.privateKeyPem, key.privateKeyPemPkcs8]) {
      expect(createPublicKey(pem ?? "").export({ type: "spki", format: "der" })).toEqual(spki);
    }
    expect(key.id).toBe(createHash("sha1").update(spki).digest("hex"));
    const ssh = utils.parseKey(key.privateKeyOpenssh ?? "");
    if (ssh instanceof Error) throw ssh;
    expect(key.publicKeyOpenssh).toBe(`${sshType} ${ssh.getPublicSSH().toString("base64")}\n`);
    expect(key.publicKeyFingerprintSha256).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
    expect(key.publicKeyFingerprintMd5).toMatch(/^([0-9a-f]{2}:){15}[0-9a-f]{2}$/);
    const signature = sign("sha256", Buffer.from("data"), ssh.getPrivatePEM());
    expect(verify("sha256", Buffer.from("data"), key.publicKeyPem ?? "", signature)).toBe(true);
  });

  test("what the state has of an input that is not given is compared with its default", async () => {
    const client = await serve(types.key);
    const { outputs } = await client.create(p256);
    expect(await client.diff({ ...outputs, rsaBits: 4096 }, p256)).toMatchObject({ replaces: ["rsaBits"] });
  });

  test("what cannot be served is refused by name", async () => {
    const client = await serve(types.key);
    const { failures } = await client.check({ algorithm: "RSA", ecdsaCurve: "P224", bits: 1 });
    expect(failures).toEqual([
      expect.stringMatching(/^algorithm: .*ECDSA/),
      expect.stringMatching(/^ecdsaCurve: .*P256/),
      "bits: is not served by the stand-in",
    ]);
    expect((await client.check({ ...p256, algorithm: unknownValue })).failures).toEqual([]);
    const other = client.create({}, { type: "tls:index/selfSignedCert:SelfSignedCert" });
    await expect(other).rejects.toThrow(/stand-in for the tls plugin does not serve tls:index\/selfSignedCert/);
  });
});

describe("LocallySignedCert", () => {
  test.each([
    ["ECDSA", undefined],
    [
      "RSA",
      { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
    ],
  ])("signs a request with an %s CA", async (caKeyAlgorithm, algorithm) => {
    const inputs = await certificateInputs({}, await newCa(algorithm));
    const { id, outputs } = await (await serve(types.certificate)).create(inputs);
    const certificate = new X509Certificate(outputs.certPem as string);
    const ca = new X509Certificate(inputs.caCertPem);
    expect(certificate.verify(ca.publicKey)).toBe(true);
    expect(certificate.checkIssued(ca)).toBe(true);
    expect(certificate.subject.split("\n").sort()).toEqual(["CN=system:kube-proxy", "O=system:node-proxier"]);
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]);
    expect(certificate.ca).toBe(false);
    expect(BigInt(`0x${certificate.serialNumber}`).toString()).toBe(id);
    const hours = (Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)) / 3_600_000;
    expect(hours).toBe(24);
    expect(outputs).toMatchObject({ id, caKeyAlgorithm, readyForRenewal: false, isCaCertificate: false });
    expect(Math.abs(Date.parse(outputs.validityEndTime as string) - certificate.validToDate.getTime())).toBeLessThan(
      1001,
    );
    expect(isSecret(outputs.caPrivateKeyPem)).toBe(true);
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
    const { caPrivateKeyPem } = await newCa();
    await expect(client.create({ ...inputs, caPrivateKeyPem })).rejects.toThrow(/caPrivateKeyPem is not the key of/);
    const { failures } = await client.check({ ...inputs, allowedUses: ["clientAuth"], isCaCertificate: true });
    expect(failures).toEqual([
      expect.stringMatching(/^allowedUses\.0: .*client_auth/),
      "isCaCertificate: is not served by the stand-in",
    ]);
  });
});
