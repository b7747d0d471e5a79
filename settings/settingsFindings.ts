import { arches } from "../base/arch";
import {
  crossFindings,
  keyPairFindings,
  passphraseFindings,
  type CrossView,
  type HostView,
  type Placed,
} from "../base/rules/crossChecks";
import * as fields from "../base/rules/fields";
import { fieldsOf, pathText, valueAt, type Finding, type Path } from "../base/rules/finding";
import { kubeProxyModeFindings } from "../base/rules/kubeProxyModeRules";
import { versionOf } from "../base/rules/nameRules";
import { findingsOf } from "../base/rules/values";
import { overridesFindings } from "../render/overrideFindings";
import { placeOf, poolScopes, type HostScope, type PoolScope, type Scope } from "./layers";

/** Everything that is wrong between the values of a configuration as it is written. */
export function betweenFindings(raw: Record<string, unknown>): Finding[] {
  const pools = poolScopes(raw);
  const stack: Scope = { layers: [{ path: [], fields: raw }], said: raw };
  const made = [stack, ...pools, ...pools.flatMap(({ hosts }) => hosts.filter(({ isOwn }) => isOwn))];
  const reached = [stack, ...pools, ...pools.flatMap(({ hosts }) => hosts)];
  const placed = (key: string): Placed => ({ path: [key], value: raw[key] });
  return [
    ...poolFindings(raw, pools),
    ...crossFindings(crossView(raw, pools)),
    ...keyPairFindings(placed("caCertPem"), placed("caPrivateKeyPem")),
    ...reached.flatMap(passphrases),
    ...made.flatMap(binariesFindings),
    ...made.flatMap(versionFindings),
    ...made.flatMap(proxyModes),
    ...made.flatMap(overrides),
  ];
}

function poolFindings(raw: Record<string, unknown>, pools: PoolScope[]): Finding[] {
  const wrong = pools.flatMap(({ pool, hosts }): Finding[] => {
    const path = ["pools", pool ?? ""];
    if (pool === undefined) return [];
    if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(pool))
      return [
        { path, fault: 'is no name of a pool; write lower-case letters, digits and "-", e.g. "gpu"', hidden: true },
      ];
    return pool === flatPool && (pools[0]?.hosts.length ?? 0) > 0 && hosts.length > 0
      ? [
          {
            path,
            fault: `is how the hosts in no pool are called; write another name, or move them into it`,
            hidden: true,
          },
        ]
      : [];
  });
  const isEmpty = pools.length === 1 && raw["hosts"] === undefined;
  const fault = "is required; write one object for each host: name, address, hostKey (or hostsFile, or pools)";
  return isEmpty ? [{ path: ["hosts"], fault }, ...wrong] : wrong;
}

/** Name of the component with the hosts that are in no pool. */
export const flatPool = "pool";

function crossView(raw: Record<string, unknown>, pools: PoolScope[]): CrossView {
  const placed = (key: string): Placed => ({ path: [key], value: raw[key] });
  return {
    kubernetesVersion: raw["kubernetesVersion"],
    apiServerEndpoint: placed("apiServerEndpoint"),
    apiServers: placed("apiServers"),
    clusterCIDR: placed("clusterCIDR"),
    clusterDNS: placed("clusterDNS"),
    caCertPem: placed("caCertPem"),
    kubeconfig: placed("kubeconfig"),
    cniMode: raw["cniMode"],
    flannelBackend: placed("flannelBackend"),
    kubeProxyMode: raw["kubeProxyMode"],
    binaries: binariesOf({ layers: [{ path: [], fields: raw }], said: raw }),
    hosts: pools.flatMap(({ hosts }) => hosts.map(hostView)),
  };
}

function hostView(scope: HostScope): HostView {
  const { said, path } = scope;
  const { kubernetesVersion, cniMode, kubeProxyMode } = said;
  const at = (key: string): Placed => ({ path: [...path, key], value: said[key] });
  const flannelBackend = { path: placeOf(scope, ["flannelBackend"]), value: said["flannelBackend"] };
  return {
    path,
    name: at("name"),
    address: at("address"),
    hostKey: at("hostKey"),
    nodeIP: at("nodeIP"),
    port: said["sshPort"],
    arch: said["arch"],
    own: { kubernetesVersion, cniMode, flannelBackend, kubeProxyMode, binaries: binariesOf(scope) },
  };
}

function binariesOf(scope: Scope): CrossView["binaries"] {
  const all = arches.map((arch) => {
    const path = ["binaries", arch];
    return [arch, { path: placeOf(scope, path), value: valueAt(scope.said, path) }];
  });
  return Object.fromEntries(all) as CrossView["binaries"];
}

/** Parts of the files may be said in several places; together they have to be whole. */
function binariesFindings(scope: Scope): Finding[] {
  const given = scope.said["binaries"];
  if (given === undefined) return [];
  const findings = findingsOf(fields.binaries.safeParse(given).error);
  return findings.map(({ path, ...finding }) => ({ ...finding, path: placeOf(scope, ["binaries", ...path]) }));
}

function passphrases(scope: Scope): Finding[] {
  const placed = (key: string): Placed => ({ path: placeOf(scope, [key]), value: scope.said[key] });
  const how = "set it: pulumi config set --secret kubernetes-worker-nodes:sshPrivateKeyPassword (or use an agent)";
  return passphraseFindings(placed("sshPrivateKey"), placed("sshPrivateKeyPassword"), how);
}

/** Of another version are other files: a SHA-256 that is said more widely than the version is that of another. */
function versionFindings(scope: Scope): Finding[] {
  const where = (path: Path): number => placeOf(scope, path).length - path.length;
  const [own] = scope.layers.slice(-1);
  const version = own?.fields["kubernetesVersion"];
  if (own === undefined || scope.layers.length < 2 || version === undefined) return [];
  const wider = scope.layers.slice(0, -1).map((layer) => layer.fields["kubernetesVersion"]);
  if (wider.findLast((one) => one !== undefined) === version) return [];
  const stale = Object.keys(fieldsOf(scope.said["binaries"])).flatMap((arch) =>
    ["kubelet", "kubeProxy"]
      .map((file) => ["binaries", arch, file, "sha256"])
      .filter((path) => valueAt(scope.said, path) !== undefined && where(path) < own.path.length)
      .map((path) => pathText(path)),
  );
  const fix = `write beside it ${stale.join(", ")}`;
  const fault = `is another release than that of the checksums, which are said more widely; ${fix}`;
  return stale.length === 0 ? [] : [{ path: [...own.path, "kubernetesVersion"], fault }];
}

function proxyModes(scope: Scope): Finding[] {
  const { kubernetesVersion, kubeProxyMode, kubeProxyConfiguration } = scope.said;
  const view = { kubernetesVersion: versionOf(kubernetesVersion), kubeProxyMode, kubeProxyConfiguration };
  return kubeProxyModeFindings(view).map((finding) => ({ ...finding, path: placeOf(scope, finding.path) }));
}

function overrides(scope: Scope): Finding[] {
  return overridesFindings(scope.said).map((finding) => ({ ...finding, path: placeOf(scope, finding.path) }));
}
