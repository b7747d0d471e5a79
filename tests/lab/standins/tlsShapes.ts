import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import {
  isPlainMap,
  isSecret,
  reveal,
  unknownValue,
  type PropertyMap,
  type PropertyValue,
} from "../../../lab/standins/protocol/values";

/** What differs from run to run, by what it looks like. */
const kinds: [RegExp, string][] = [
  [/^-----BEGIN ([A-Z ]+)-----\n[^-]+-----END \1-----(?=\n?$)/, "$1"],
  [/^(ecdsa-sha2-nistp\d+) [\w+/=]+\n$/, "SSH $1"],
  [/^([0-9a-f]{2}:){15}[0-9a-f]{2}$/, "MD5"],
  [/^SHA256:[\w+/]{43}$/, "SHA256"],
  [/^[0-9a-f]{40}$/, "SHA1"],
  [/^\d{20,50}$/, "SERIAL"],
  [/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/, "TIME"],
];

/** The value with what differs from run to run replaced; secrets are pairs, unless there is nothing yet to hide. */
export function shape(value: PropertyValue): unknown {
  if (reveal(value) === unknownValue) return "UNKNOWN";
  if (isSecret(value)) return ["secret", shape(reveal(value))];
  if (Array.isArray(value)) return value.map(shape);
  if (isPlainMap(value)) return shapes(value);
  if (typeof value !== "string") return value;
  const [pattern, kind] = kinds.find(([each]) => each.test(value)) ?? [/$^/, ""];
  return value.replace(pattern, kind);
}
/** The {@link shape} of each property; those that begin with two underscores are the Terraform bridge's own notes. */
export const shapes = (map: PropertyMap): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(map).flatMap(([name, value]) => (name.startsWith("__") ? [] : [[name, shape(value)]])),
  );

/** What a certificate says. */
export function contents(pem: PropertyValue | undefined): unknown {
  const certificate = new x509.X509Certificate(pem as string);
  const { subject, issuer, notBefore, notAfter, extensions } = certificate;
  const usages = certificate.getExtension(x509.KeyUsagesExtension)?.usages;
  const purposes = certificate.getExtension(x509.ExtendedKeyUsageExtension)?.usages;
  const hours = (notAfter.getTime() - notBefore.getTime()) / 3_600_000;
  const kinds = extensions.map(({ type, critical }) => `${type} ${critical}`).sort();
  return [subject, issuer, hours, usages, Array.from(purposes ?? []), Array.from(kinds)];
}
