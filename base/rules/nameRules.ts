import semver from "semver";
import { defaultKubernetesVersion, supportedMinors } from "../kubernetesVersion";
import type { Fault } from "../fault";

/** True for a DNS-1123 subdomain: lower-case letters, digits, "-" and "." with an alphanumeric at both ends of each label. */
export function isDnsSubdomain(text: string): boolean {
  return text.length <= 253 && text.split(".").every((label) => /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(label));
}

/** A Node's name. */
export function nodeNameFault(name: string): Fault | undefined {
  const small = name.toLowerCase();
  if (small !== name && nodeNameFault(small) === undefined) {
    return `has capitals, which kubelet and kube-proxy make small; write "${small}"`;
  }
  // The name becomes the value of the label kubernetes.io/hostname too, which holds at most 63 characters.
  return isDnsSubdomain(name) && name.length <= 63
    ? undefined
    : 'is not a DNS-1123 name of at most 63 characters; write letters, digits, "-" and ".", e.g. "node-1"';
}

/** The cluster's DNS domain. */
export function clusterDomainFault(domain: string): Fault | undefined {
  if (domain.endsWith(".")) {
    // The kubelet keeps the dot verbatim in the pods' search list and host names.
    return `ends with a dot; write "${domain.slice(0, -1)}"`;
  }
  return isDnsSubdomain(domain) ? undefined : 'is not a DNS domain in lower case; write e.g. "cluster.local"';
}

/** The cluster's name in kubeconfigs. */
export function clusterNameFault(name: string): Fault | undefined {
  return /^[A-Za-z0-9]([-._A-Za-z0-9]{0,61}[A-Za-z0-9])?$/.test(name)
    ? undefined
    : 'is not a name of letters, digits, "-", "." and "_", at most 63 long; write e.g. "kubernetes"';
}

/** The Kubernetes release to install. */
export function kubernetesVersionFault(version: string): Fault | undefined {
  if (semver.valid(version) !== version) {
    return `is not a release number of three parts; write e.g. "${semver.valid(version) ?? "1.37.2"}" (in quotes, without "v")`;
  }
  const supported = semver.major(version) === 1 && supportedMinors.some((minor) => minor === semver.minor(version));
  const range = `1.${supportedMinors[0]} to 1.${supportedMinors.at(-1)}`;
  return supported
    ? undefined
    : `is not of a supported release, ${range}; write one, e.g. "1.37.2", that is not newer than the API server`;
}

/** The version that other values are judged by: where the one asked for is wrong, the default. */
export function versionOf(version: unknown): string {
  return typeof version === "string" && kubernetesVersionFault(version) === undefined
    ? version
    : defaultKubernetesVersion;
}

/** A user of a host. */
export function userFault(user: string): Fault | undefined {
  // What useradd(8) accepts; a leading "-" would be read as an option by the tools the name is given to.
  return /^[a-zA-Z_][-.a-zA-Z0-9_]{0,31}$/.test(user) ? undefined : 'is not a user name; write e.g. "root"';
}

/** The socket of an SSH agent. */
export function socketFault(path: string): Fault | undefined {
  // The provider's plugin process opens it, in a working directory of its own and without a shell that would expand "~".
  return path.startsWith("/") ? undefined : 'is not an absolute path; write e.g. "/run/user/1000/ssh-agent.socket"';
}

/** A container image reference. */
export function imageFault(image: string): Fault | undefined {
  return /^[a-z0-9][-a-zA-Z0-9._:/@]*$/.test(image) && !image.includes("://")
    ? undefined
    : 'is not an image reference; write e.g. "registry.k8s.io/pause:3.10" (no "https://")';
}

/** A SHA-256 checksum. */
export function sha256Fault(digest: string): Fault | undefined {
  return /^[0-9a-f]{64}$/i.test(digest)
    ? undefined
    : "is not a SHA-256 checksum of 64 hexadecimal digits; write the first column that sha256sum prints for the file";
}

/** Where a binary comes from: an https URL, or a path on the machine that runs Pulumi. */
export function binarySourceFault(source: string): Fault | undefined {
  const scheme = /^([a-z][-+.a-z0-9]*):/i.exec(source)?.[1];
  if (scheme === undefined) {
    return source.trim() === source && !source.includes("\0") ? undefined : "has spaces around the path; remove them";
  }
  if (scheme.toLowerCase() !== "https" || !URL.canParse(source)) {
    return 'is neither an https URL nor a path; write "https://..." for a file that the host fetches, or a path without "file:"';
  }
  if (/[\s\\]/.test(source) || !/^https:\/\/[^/]/i.test(source)) {
    return 'is not written as a URL is (white space, a backslash, or not two slashes); write "https://host/path"';
  }
  const url = new URL(source);
  return url.username === "" && url.password === ""
    ? undefined
    : "carries a user name or password; write a URL that needs none, or download the file and write its path";
}
