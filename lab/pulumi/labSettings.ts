import { type Architecture, architecture } from "../machine/architecture";
import { type MachineTraits, machineTraits } from "../machine/machineTraits";
import type { Binaries } from "../binaries/resolver";
import type { Credentials } from "../controlPlane/credentials";
import type { LabLayout } from "../plan/layout";
import type { LabOptions } from "../plan/options";
import type { SshKeys } from "../hosts/sshKeys";
import { namespace } from "./namespace";
import { sandboxImage } from "../hosts/testImages";
import { ensureStack } from "./stackConfig";

/** Makes the lab's stack, or brings its settings to what the lab is. */
export async function configureStack(
  options: LabOptions,
  layout: LabLayout,
  credentials: Credentials,
  keys: SshKeys,
  binaries: Binaries,
): Promise<void> {
  const plain = generatedSettings(options, layout, credentials, keys, binaries, architecture(), machineTraits());
  await ensureStack(layout.files, plain, secretSettings(credentials, keys));
}

/** The generated settings that are not secret, by their full keys. */
export function generatedSettings(
  options: LabOptions,
  layout: LabLayout,
  credentials: Credentials,
  { hostKeys }: SshKeys,
  binaries: Binaries,
  arch: Architecture,
  traits: MachineTraits,
): Record<string, unknown> {
  const cniArchive = Object.keys(binaries).find((name) => name.startsWith("cni-plugins-")) ?? "";
  const binary = (name: string) => ({ source: binaries[name]?.path, sha256: binaries[name]?.sha256 });
  const settings = {
    kubernetesVersion: options.kubernetesVersion,
    apiServerEndpoint: layout.endpoint,
    caCertPem: credentials.trustedCas,
    clusterCIDR: options.clusterCIDR,
    clusterDNS: [layout.clusterDNS],
    sandboxImage,
    hosts: layout.hosts.map((host) => ({
      name: host.name,
      address: host.address,
      hostKey: hostKeys[host.name],
      ...(arch === "amd64" ? {} : { arch }),
    })),
    binaries: {
      [arch]: {
        kubelet: binary("kubelet"),
        kubeProxy: binary("kube-proxy"),
        cniPlugins: binary(cniArchive),
        ...(options.flannel && { flanneld: binary("flanneld"), flannelCniPlugin: binary("flannel") }),
      },
    },
    ...(options.hosts > 0 ? containerHostSettings(traits) : {}),
  };
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [`${namespace}:${key}`, value]));
}

export function secretSettings(credentials: Credentials, keys: SshKeys): Record<string, string> {
  return {
    [`${namespace}:kubeconfig`]: credentials.kubeconfig,
    [`${namespace}:caPrivateKeyPem`]: credentials.ca.privateKey,
    [`${namespace}:bootstrapToken`]: credentials.bootstrapToken,
    [`${namespace}:sshPrivateKey`]: keys.privateKey,
  };
}

/** What a host that is a container cannot do; a real host needs none of these. */
function containerHostSettings(traits: MachineTraits): Record<string, unknown> {
  return {
    // Sysctls of the connection tracker belong to the machine.
    kubeProxyConfiguration: {
      conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" },
    },
    ...(traits.cgroupVersion === 1 ? { kubeletConfiguration: { failCgroupV1: false } } : {}),
    ...(traits.canLowerOomScore
      ? {}
      : { containerdConfiguration: { plugins: { "io.containerd.cri.v1.runtime": { restrict_oom_score_adj: true } } } }),
  };
}
