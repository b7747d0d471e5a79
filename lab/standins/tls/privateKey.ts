import { createHash, createPrivateKey, createPublicKey } from "node:crypto";
import { utils } from "ssh2";
import { z } from "zod";
import { idOf } from "./keys";
import { stateOnlyResource } from "./stateOnlyResource";

const schema = z.strictObject({
  algorithm: z.literal("ECDSA", "the stand-in for the tls plugin makes ECDSA keys only; the real plugin makes others"),
  // The real plugin's default, P224, is in no use with TLS and unknown to SSH.
  ecdsaCurve: z.enum(["P256", "P384", "P521"]),
});

/** `tls:index/privateKey:PrivateKey`. Source: hashicorp/terraform-provider-tls resource_private_key.go. */
export const privateKey = stateOnlyResource({
  schema,
  defaults: { rsaBits: 2048 },
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
  computedAnew: true,
  make({ ecdsaCurve }) {
    const pair = utils.generateKeyPairSync("ecdsa", { bits: Number(ecdsaCurve.slice(1)) as 256 | 384 | 521 });
    const parsed = utils.parseKey(pair.private);
    if (parsed instanceof Error) throw parsed;
    const [key, publicKey] = [createPrivateKey(parsed.getPrivatePEM()), createPublicKey(parsed.getPublicPEM())];
    const blob = parsed.getPublicSSH();
    const md5 = createHash("md5").update(blob).digest("hex");
    const sha256 = createHash("sha256").update(blob).digest("base64").replace(/=+$/, "");
    return {
      id: idOf(publicKey.export({ type: "spki", format: "der" })),
      outputs: {
        privateKeyPem: key.export({ type: "sec1", format: "pem" }).toString(),
        privateKeyPemPkcs8: key.export({ type: "pkcs8", format: "pem" }).toString(),
        privateKeyOpenssh: `${pair.private.trimEnd()}\n`,
        publicKeyPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
        publicKeyOpenssh: `${parsed.type} ${blob.toString("base64")}\n`,
        publicKeyFingerprintMd5: md5.replace(/..(?!$)/g, "$&:"),
        publicKeyFingerprintSha256: `SHA256:${sha256}`,
      },
    };
  },
});
