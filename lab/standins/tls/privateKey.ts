import { createHash, createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { utils } from "ssh2";
import { z } from "zod";
import { isWholeSshKey } from "../../sshKey";
import type { PropertyMap } from "../protocol/propertyValue";
import { idOf } from "./keys";
import { stateOnlyResource } from "./stateOnlyResource";

const schema = z.strictObject({
  algorithm: z.enum(["RSA", "ECDSA", "ED25519"]),
  rsaBits: z.number().int().optional(),
  ecdsaCurve: z.enum(["P224", "P256", "P384", "P521"]).optional(),
});
type Inputs = z.infer<typeof schema>;

interface OpenSshKey {
  privateKey: KeyObject;
  /** Empty for P224, which SSH does not know. */
  privateOpenSsh: string;
  publicBlob?: Buffer;
  type?: string;
}

function generateSshKeyPair(type: "rsa" | "ecdsa" | "ed25519", bits: number): Promise<{ private: string }> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, pair: { private: string }) => (error ? reject(error) : resolve(pair));
    if (type === "rsa") utils.generateKeyPair(type, { bits }, done);
    else if (type === "ecdsa") utils.generateKeyPair(type, { bits: bits as 256 | 384 | 521 }, done);
    else utils.generateKeyPair(type, {}, done);
  });
}

const sshTypes = { RSA: "rsa", ECDSA: "ecdsa", ED25519: "ed25519" } as const;

/** Each attempt fails with a chance of 1 in 256, for ed25519 only. */
const maxAttempts = 10;

async function generate({ algorithm, rsaBits = 2048, ecdsaCurve = "P224" }: Inputs): Promise<OpenSshKey> {
  if (algorithm === "ECDSA" && ecdsaCurve === "P224") {
    const { privateKey } = await promisify(generateKeyPair)("ec", { namedCurve: "secp224r1" });
    return { privateKey, privateOpenSsh: "" };
  }
  const bits = algorithm === "RSA" ? rsaBits : Number(ecdsaCurve.slice(1));
  for (let attempt = 1; ; attempt++) {
    const pair = await generateSshKeyPair(sshTypes[algorithm], bits);
    const parsed = utils.parseKey(pair.private);
    if (!(parsed instanceof Error) && isWholeSshKey(parsed)) {
      const privateKey = createPrivateKey(parsed.getPrivatePEM());
      const privateOpenSsh = `${pair.private.trimEnd()}\n`;
      return { privateKey, privateOpenSsh, publicBlob: parsed.getPublicSSH(), type: parsed.type };
    }
    if (attempt === maxAttempts) throw new Error(`generating a key of algorithm ${algorithm} failed ${attempt} times`);
  }
}

function sshOutputs({ publicBlob, type }: OpenSshKey): PropertyMap {
  if (publicBlob === undefined || type === undefined) {
    return { publicKeyOpenssh: "", publicKeyFingerprintMd5: "", publicKeyFingerprintSha256: "" };
  }
  const md5 = createHash("md5").update(publicBlob).digest("hex");
  const sha256 = createHash("sha256").update(publicBlob).digest("base64").replace(/=+$/, "");
  return {
    publicKeyOpenssh: `${type} ${publicBlob.toString("base64")}\n`,
    publicKeyFingerprintMd5: md5.replace(/..(?!$)/g, "$&:"),
    publicKeyFingerprintSha256: `SHA256:${sha256}`,
  };
}

const pemTypes = { RSA: "pkcs1", ECDSA: "sec1", ED25519: "pkcs8" } as const;

/** `tls:index/privateKey:PrivateKey`. Source: hashicorp/terraform-provider-tls resource_private_key.go. */
export const privateKey = stateOnlyResource({
  schema,
  defaults: { rsaBits: 2048, ecdsaCurve: "P224" },
  secret: ["privateKeyPem", "privateKeyPemPkcs8", "privateKeyOpenssh"],
  computed: [
    "privateKeyPem",
    "privateKeyPemPkcs8",
    "privateKeyOpenssh",
    "publicKeyPem",
    "publicKeyOpenssh",
    "publicKeyFingerprintMd5",
    "publicKeyFingerprintSha256",
  ],
  async make(inputs) {
    const key = await generate(inputs);
    const publicKey = createPublicKey(key.privateKey);
    return {
      id: idOf(publicKey.export({ type: "spki", format: "der" })),
      outputs: {
        privateKeyPem: key.privateKey.export({ type: pemTypes[inputs.algorithm], format: "pem" }).toString(),
        privateKeyPemPkcs8: key.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
        privateKeyOpenssh: key.privateOpenSsh,
        publicKeyPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
        ...sshOutputs(key),
      },
    };
  },
});
