import { flannelCniPluginVersion, flannelVersion } from "../../base/releaseSources";
import { type Architecture, architecture } from "../machine/architecture";
import { versions } from "./versions";

export type ComponentName =
  | "kubernetes"
  | "kubernetes-node"
  | "containerd"
  | "cni-plugins"
  | "flannel"
  | "flannel-cni-plugin"
  | "etcd"
  | "pulumi";

/** A set of binaries released together: where its releases are, and how it is built from its Go module. */
export interface Component {
  name: ComponentName;
  /** Without "v". */
  version: string;
  /** File names the lab cannot do without; a release may bring more. */
  files: string[];
  /** None where no checksums are published. */
  release?: Release;
  build: GoBuild;
}

/** Official download: single files, or one archive. */
export interface Release {
  downloads: Download[];
}

export interface Download {
  url: string;
  /** Text with the SHA-256: the bare sum, or lines of "<sum>  <file name>". */
  checksumUrl: string;
  /** File name in the component's folder -> name in the archive; none if the download is the file itself. */
  members?: Record<string, string>;
}

export interface GoBuild {
  module: string;
  /** Of the module, where it is not the component's. */
  version?: string;
  /** Program -> Go package. */
  programs: Record<string, string>;
  /** Packages that the programs import only to have them, and are built without. */
  without?: string[];
  ldflags: string[];
  /** Name of the archive that holds the programs, if they are used as one. */
  archive?: string;
}

/** What a lab runs. */
interface Wanted {
  kubernetesVersion: string;
  /** Whether the hosts may have flannel. */
  flannel: boolean;
}

/** What the control plane and the hosts of a lab run. */
export function components(wanted: Wanted, arch = architecture()): Component[] {
  return [
    kubernetes(wanted.kubernetesVersion, arch),
    containerd(arch),
    cniPlugins(arch),
    ...(wanted.flannel ? [flannel(), flannelCniPlugin(arch)] : []),
    etcd(arch),
  ];
}

function kubernetes(version: string, arch: Architecture): Component {
  const ofControlPlane = ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl"];
  return kubernetesPrograms("kubernetes", version, [...nodePrograms, ...ofControlPlane], arch);
}

const nodePrograms = ["kubelet", "kube-proxy"];

/** What hosts alone run, for those that are of an older release than the API server. */
export function kubernetesNode(version: string, arch = architecture()): Component {
  return kubernetesPrograms("kubernetes-node", version, nodePrograms, arch);
}

function kubernetesPrograms(name: ComponentName, version: string, files: string[], arch: Architecture): Component {
  const base = `https://dl.k8s.io/v${version}/bin/linux/${arch}`;
  const [major = "", minor = ""] = version.split(".");
  const set = (variable: string, value: string) => `-X k8s.io/component-base/version.${variable}=${value}`;
  return {
    name,
    version,
    files,
    release: {
      downloads: files.map((file) => ({ url: `${base}/${file}`, checksumUrl: `${base}/${file}.sha256` })),
    },
    build: {
      module: "k8s.io/kubernetes",
      programs: Object.fromEntries(files.map((file) => [file, `k8s.io/kubernetes/cmd/${file}`])),
      ldflags: [
        set("gitVersion", `v${version}`),
        set("gitMajor", major),
        set("gitMinor", minor),
        set("gitTreeState", "clean"),
        `-X k8s.io/client-go/pkg/version.gitVersion=v${version}`,
      ],
    },
  };
}

function containerd(arch: Architecture): Component {
  const version = versions.containerd;
  const files = ["containerd", "containerd-shim-runc-v2", "ctr"];
  const url = `https://github.com/containerd/containerd/releases/download/v${version}/containerd-${version}-linux-${arch}.tar.gz`;
  const module = "github.com/containerd/containerd/v2";
  return {
    name: "containerd",
    version,
    files,
    release: {
      downloads: [
        {
          url,
          checksumUrl: `${url}.sha256sum`,
          members: Object.fromEntries(files.map((file) => [file, `bin/${file}`])),
        },
      ],
    },
    build: {
      module,
      programs: Object.fromEntries(files.map((file) => [file, `${module}/cmd/${file}`])),
      ldflags: [`-X ${module}/version.Version=v${version}`],
    },
  };
}

function cniPlugins(arch: Architecture): Component {
  const version = versions.cniPlugins;
  const archive = `cni-plugins-linux-${arch}-v${version}.tgz`;
  const url = `https://github.com/containernetworking/plugins/releases/download/v${version}/${archive}`;
  const module = "github.com/containernetworking/plugins";
  const programs = { bridge: "main", loopback: "main", ptp: "main", "host-local": "ipam", portmap: "meta" };
  return {
    name: "cni-plugins",
    version,
    files: [archive],
    release: { downloads: [{ url, checksumUrl: `${url}.sha256` }] },
    build: {
      module,
      programs: Object.fromEntries(
        Object.entries(programs).map(([plugin, kind]) => [plugin, `${module}/plugins/${kind}/${plugin}`]),
      ),
      ldflags: [`-X ${module}/pkg/utils/buildversion.BuildVersion=v${version}`],
      archive,
    },
  };
}

function flannel(): Component {
  const module = "github.com/flannel-io/flannel";
  return {
    name: "flannel",
    version: flannelVersion,
    files: ["flanneld"],
    build: {
      module,
      programs: { flanneld: module },
      // Backends that a lab does not use: one for a cloud whose own module is not served everywhere, and one that is in part C.
      without: [`${module}/pkg/backend/tencentvpc`, `${module}/pkg/backend/udp`],
      ldflags: [`-X ${module}/pkg/version.Version=v${flannelVersion}`],
    },
  };
}

/** The plugin's own module is not served everywhere; the last release of the reference plugins that had it is. */
function flannelCniPlugin(arch: Architecture): Component {
  const version = flannelCniPluginVersion;
  const url = `https://github.com/flannel-io/cni-plugin/releases/download/v${version}/cni-plugin-flannel-linux-${arch}-v${version}.tgz`;
  const module = "github.com/containernetworking/plugins";
  return {
    name: "flannel-cni-plugin",
    version,
    files: ["flannel"],
    release: {
      downloads: [{ url, checksumUrl: `${url}.sha256`, members: { flannel: `flannel-${arch}` } }],
    },
    build: {
      module,
      version: "0.9.1",
      programs: { flannel: `${module}/plugins/meta/flannel` },
      ldflags: [`-X ${module}/pkg/utils/buildversion.BuildVersion=v0.9.1`],
    },
  };
}

function etcd(arch: Architecture): Component {
  const version = versions.etcd;
  const base = `https://github.com/etcd-io/etcd/releases/download/v${version}`;
  const folder = `etcd-v${version}-linux-${arch}`;
  return {
    name: "etcd",
    version,
    files: ["etcd"],
    release: {
      downloads: [
        {
          url: `${base}/${folder}.tar.gz`,
          checksumUrl: `${base}/SHA256SUMS`,
          members: { etcd: `${folder}/etcd` },
        },
      ],
    },
    build: { module: "go.etcd.io/etcd/server/v3", programs: { etcd: "go.etcd.io/etcd/server/v3" }, ldflags: [] },
  };
}

/**
 * The Pulumi CLI. Its release also brings what runs programs in Node.js, beside the CLI, where the CLI looks for it; a
 * build from the modules does not, since the language host is not among them.
 */
export function pulumi(arch = architecture()): Component {
  const version = versions.pulumi;
  const base = `https://github.com/pulumi/pulumi/releases/download/v${version}`;
  const programs = ["pulumi", "pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"];
  const module = "github.com/pulumi/pulumi/pkg/v3";
  return {
    name: "pulumi",
    version,
    files: ["pulumi"],
    release: {
      downloads: [
        {
          url: `${base}/pulumi-v${version}-linux-${arch === "amd64" ? "x64" : arch}.tar.gz`,
          checksumUrl: `${base}/pulumi-${version}-checksums.txt`,
          members: Object.fromEntries(programs.map((program) => [program, `pulumi/${program}`])),
        },
      ],
    },
    build: {
      module,
      programs: { pulumi: `${module}/cmd/pulumi` },
      ldflags: [`-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${version}`],
    },
  };
}
