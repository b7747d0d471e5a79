import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { mapValues, omit } from "es-toolkit";
import { reveal, unknownValue, type PropertyMap } from "../../../lab/standins/protocol/values";
import { verdict, type Contract, type Row, type Scene } from "./contract";
import type { PluginClient } from "./pluginClient";
import { newCa } from "./tlsAuthority";
import { contents, shape, shapes } from "./tlsShapes";

const types = {
  key: "tls:index/privateKey:PrivateKey",
  request: "tls:index/certRequest:CertRequest",
  certificate: "tls:index/locallySignedCert:LocallySignedCert",
};

interface TlsScene extends Scene {
  ca: { caCertPem: string; caPrivateKeyPem: string };
}

const p256 = { algorithm: "ECDSA", ecdsaCurve: "P256" };
const subject = { commonName: "system:kube-proxy", organization: "kubernetes-worker-nodes" };

/** Inputs of a certificate, of a key and a request that the plugin makes. */
async function certificateInputs(plugin: PluginClient, { ca }: TlsScene) {
  const { outputs: key } = await plugin.of(types.key).create(p256);
  const { outputs: request } = await plugin
    .of(types.request)
    .create({ privateKeyPem: reveal(key.privateKeyPem ?? null), subject });
  return {
    ...ca,
    certRequestPem: reveal(request.certRequestPem ?? null),
    allowedUses: ["digital_signature", "key_encipherment", "client_auth"],
    validityPeriodHours: 8760,
    earlyRenewalHours: 720,
  };
}

/** What is made of a key, in the shapes of {@link kinds}. */
const keyOutputs = {
  ...{ ...p256, rsaBits: 2048, id: "SHA1" },
  privateKeyPem: ["secret", "EC PRIVATE KEY\n"],
  privateKeyPemPkcs8: ["secret", "PRIVATE KEY\n"],
  privateKeyOpenssh: ["secret", "OPENSSH PRIVATE KEY\n"],
  publicKeyPem: "PUBLIC KEY\n",
  publicKeyOpenssh: "SSH ecdsa-sha2-nistp256",
  publicKeyFingerprintMd5: "MD5",
  publicKeyFingerprintSha256: "SHA256",
};
const unknownKey = mapValues(omit(keyOutputs, ["algorithm", "ecdsaCurve", "rsaBits"]), () => "UNKNOWN");
const requestInputs = { privateKeyPem: ["secret", "EC PRIVATE KEY\n"], subject };
const requestOutputs = { ...requestInputs, id: "SHA1", keyAlgorithm: "ECDSA", certRequestPem: "CERTIFICATE REQUEST\n" };
const certificateGiven = {
  caCertPem: "CERTIFICATE",
  caPrivateKeyPem: ["secret", "PRIVATE KEY\n"],
  certRequestPem: "CERTIFICATE REQUEST\n",
  allowedUses: ["digital_signature", "key_encipherment", "client_auth"],
  ...{ validityPeriodHours: 8760, earlyRenewalHours: 720 },
};
const certificateOutputs = {
  ...{ ...certificateGiven, isCaCertificate: false, setSubjectKeyId: false, id: "SERIAL", caKeyAlgorithm: "ECDSA" },
  ...{ certPem: "CERTIFICATE\n", readyForRenewal: false, validityStartTime: "TIME", validityEndTime: "TIME" },
};

/** The outputs as a preview shows them where those of these names are not known yet. */
const unknown = (outputs: Record<string, unknown>, names: string[]) =>
  mapValues(outputs, (value, name) => (names.includes(name) ? "UNKNOWN" : value));

const rows: Row<TlsScene>[] = [
  {
    title: "a private key: check, preview, create, read, diff of nothing and of another curve",
    type: types.key,
    answers: async (plugin) => {
      const { id, outputs } = await plugin.create(p256);
      const state = outputs;
      const read = await plugin.read(id, state, p256);
      return {
        check: await plugin.check(p256),
        preview: shapes((await plugin.create(p256, { preview: true })).outputs),
        id: shape(id),
        outputs: shapes(outputs),
        read: [read.id === id, shapes(read.outputs), read.inputs],
        same: verdict(await plugin.diff(state, p256, [], p256)),
        other: verdict(await plugin.diff(state, { ...p256, ecdsaCurve: "P384" }, [], p256)),
      };
    },
    expected: {
      check: { inputs: p256, failures: [] },
      preview: { ...keyOutputs, ...unknownKey },
      id: "SHA1",
      outputs: keyOutputs,
      read: [true, keyOutputs, p256],
      ...{
        same: "same",
        other: `replace for ecdsaCurve; names ecdsaCurve, ${Object.keys(unknownKey).sort().join(", ")}`,
      },
    },
  },
  {
    title:
      "a request: check, preview with a key to come, create, read, diff of nothing, another key and another subject",
    type: types.request,
    answers: async (plugin) => {
      const key = reveal((await plugin.of(types.key).create(p256)).outputs.privateKeyPem ?? null);
      const inputs = { privateKeyPem: key, subject };
      const { id, outputs } = await plugin.create(inputs);
      const coming = { privateKeyPem: unknownValue, subject };
      const read = await plugin.read(id, outputs, inputs);
      const checked = await plugin.check(coming);
      return {
        check: [shapes(checked.inputs), checked.failures],
        preview: shapes((await plugin.create(coming, { preview: true })).outputs),
        id: shape(id),
        outputs: shapes(outputs),
        read: [read.id === id, shapes(read.outputs), shapes(read.inputs)],
        contents: new x509.Pkcs10CertificateRequest(outputs.certRequestPem as string).subject,
        same: verdict(await plugin.diff(outputs, inputs, [], inputs)),
        key: verdict(await plugin.diff(outputs, coming, [], inputs)),
        subject: verdict(
          await plugin.diff(outputs, { ...inputs, subject: { ...subject, commonName: "other" } }, [], inputs),
        ),
      };
    },
    expected: {
      check: [{ privateKeyPem: "UNKNOWN", subject }, []],
      preview: unknown(requestOutputs, ["privateKeyPem", "id", "keyAlgorithm", "certRequestPem"]),
      id: "SHA1",
      outputs: requestOutputs,
      read: [true, requestOutputs, requestInputs],
      contents: "O=kubernetes-worker-nodes, CN=system:kube-proxy",
      ...{
        same: "same",
        key: "replace for privateKeyPem; names privateKeyPem",
        subject: "replace for subject; names subject",
      },
    },
  },
  {
    title: "a certificate: check, preview with a request to come, create, read",
    type: types.certificate,
    answers: async (plugin, scene) => {
      const inputs = await certificateInputs(plugin, scene);
      const coming = { ...inputs, certRequestPem: unknownValue };
      const checked = await plugin.check(coming);
      const preview = await plugin.create(coming, { preview: true });
      const { id, outputs } = await plugin.create(inputs);
      const read = await plugin.read(id, outputs, inputs);
      return {
        check: [shapes(checked.inputs), checked.failures],
        preview: omit(shapes(preview.outputs), ["readyForRenewal", "maxPathLength"]),
        id: shape(id),
        outputs: shapes(outputs),
        read: [read.id === id, shapes(read.outputs), shapes(read.inputs)],
        contents: contents(outputs.certPem),
      };
    },
    expected: {
      check: [{ ...certificateGiven, certRequestPem: "UNKNOWN" }, []],
      preview: unknown(omit(certificateOutputs, ["readyForRenewal"]), [
        ...["certRequestPem", "certPem", "id", "caKeyAlgorithm"],
        ...["validityStartTime", "validityEndTime"],
      ]),
      id: "SERIAL",
      outputs: certificateOutputs,
      read: [true, certificateOutputs, certificateGiven],
      contents: [
        ...["O=kubernetes-worker-nodes, CN=system:kube-proxy", "CN=kubernetes-ca, O=lab", 8760],
        x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment,
        [x509.ExtendedKeyUsage.clientAuth],
        // Key usage, basic constraints, the CA's key, purposes.
        ["2.5.29.15 true", "2.5.29.19 true", "2.5.29.35 false", "2.5.29.37 false"],
      ],
    },
  },
  {
    title: "a certificate: diff, update in place of earlyRenewalHours alone, and the time to renew",
    type: types.certificate,
    answers: async (plugin, scene) => {
      const inputs = await certificateInputs(plugin, scene);
      const { id, outputs } = await plugin.create(inputs);
      const diff = (changes: PropertyMap) => plugin.diff(outputs, { ...inputs, ...changes }, [], inputs).then(verdict);
      const early = { ...inputs, earlyRenewalHours: 700 };
      const short = { ...inputs, validityPeriodHours: 24, earlyRenewalHours: 24 };
      const { id: shortId, outputs: ready } = await plugin.create(short);
      const updated = await plugin.update(outputs, early, { id, inputs });
      const read = await plugin.read(shortId, ready, short);
      return {
        same: await diff({}),
        allowedUses: await diff({ allowedUses: ["client_auth"] }),
        validity: await diff({ validityPeriodHours: 8761 }),
        caKey: await diff({ caPrivateKeyPem: `${inputs.caPrivateKeyPem}\n` }),
        request: await diff({ certRequestPem: unknownValue }),
        early: await diff({ earlyRenewalHours: 700 }),
        updated: [shapes(updated), updated.certPem === outputs.certPem],
        ready: [
          ready.readyForRenewal,
          read.outputs.readyForRenewal,
          verdict(await plugin.diff(ready, short, [], short)),
        ],
      };
    },
    expected: {
      same: "same",
      allowedUses: "replace for allowedUses; names allowedUses",
      validity: "replace for validityPeriodHours; names validityPeriodHours",
      caKey: "replace for caPrivateKeyPem; names caPrivateKeyPem",
      request: "replace for certRequestPem; names certRequestPem",
      early: "update; names earlyRenewalHours",
      updated: [{ ...certificateOutputs, earlyRenewalHours: 700 }, true],
      ready: [true, true, "replace for readyForRenewal; names readyForRenewal"],
    },
  },
];

/** Keys, requests and certificates, which are in the state alone. */
export const tlsContract: Contract<TlsScene> = {
  start: async () => ({ config: {}, ca: await newCa(), stop: () => Promise.resolve() }),
  configured: [false, true],
  rows,
};
