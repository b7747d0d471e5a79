import { arches } from "../arch";
import { releaseSources } from "../releaseSources";
import type { HostView, MadeView } from "./crossChecks";
import { fieldsOf, pathText, type Finding } from "./finding";
import { versionOf } from "./nameRules";

/** A file that a node of some modes needs, and what is said where it is missing. */
interface NeededFile {
  key: string;
  fault: string;
}

/** The files of a node besides kubelet, which every one has. */
function neededFiles({ cniMode = "bridge", kubeProxyMode }: MadeView): NeededFile[] {
  const archive = "write the sha256 of the containernetworking/plugins release archive";
  const object = "write an object with sha256";
  return [
    ...(kubeProxyMode === "none"
      ? []
      : [{ key: "kubeProxy", fault: `is required unless kubeProxyMode is "none"; ${object}` }]),
    ...(cniMode === "bridge" || cniMode === "flannel"
      ? [{ key: "cniPlugins", fault: `is required with cniMode "${cniMode}"; ${archive}` }]
      : []),
    ...(cniMode === "flannel"
      ? ["flanneld", "flannelCniPlugin"].map((key) => ({ key, fault: `is required with cniMode "flannel"; ${object}` }))
      : []),
  ];
}

/** Files of a host's architecture that are not given. */
export function filesFindings(host: HostView, made: MadeView): Finding[] {
  const arch = arches.find((known) => known === (host.arch ?? "amd64"));
  if (arch === undefined) return [];
  const needed = neededFiles(made);
  const { path, value: binaries } = made.binaries[arch];
  if (binaries === undefined) {
    const [last, ...others] = ["kubelet", ...needed.map(({ key }) => key)].reverse();
    const files = others.length === 0 ? last : `${others.reverse().join(", ")} and ${last}`;
    const published = `${releaseSources(versionOf(made.kubernetesVersion), arch).kubelet}.sha256`;
    const fix = `write ${files}, each with its sha256 (published beside the file, as ${published})`;
    const because = host.path.length === 0 ? "" : `, because ${pathText(host.path)} is ${arch}`;
    return [{ path, fault: `is required${because}; ${fix}` }];
  }
  const given = fieldsOf(binaries);
  return needed
    .filter(({ key }) => given[key] === undefined)
    .map(({ key, fault }) => ({ path: [...path, key], fault }));
}
