import { createHash } from "node:crypto";
import * as path from "node:path";
import * as ipaddr from "ipaddr.js";
import type { LabOptions } from "./options";

/** One host of the lab. */
export interface LabHost {
  /** Host name, also the name its Node is to have: node-1, node-2, ... */
  name: string;
  address: string;
  /** Docker container that plays it, where it is no virtual machine. */
  container: string;
  /** Folder with its SSH host key. */
  directory: string;
  /** Where it is a virtual machine. */
  vm?: VmPlace;
}

/** What a virtual machine has on this machine. */
export interface VmPlace {
  /** Interface of this machine, at most 15 characters. */
  tap: string;
  /** Its layer above the common disk. */
  disk: string;
  /** Links to kernel and initrd of that disk. */
  kernel: string;
  initrd: string;
  /** Archive of what is its own. */
  seed: string;
  /** What its kernel and systemd have said. */
  console: string;
  /** Record of its process. */
  record: string;
  sshKey: string;
  knownHosts: string;
}

/** Names, addresses and files of a lab, all computed from its options and the working tree. */
export interface LabLayout {
  /** Docker network and nftables table of the lab. */
  network: string;
  /** Bridge interface on the machine, at most 15 characters. */
  bridge: string;
  /** The machine's address on that bridge; the control plane listens there. */
  gateway: string;
  /** API server as the hosts reach it. */
  endpoint: string;
  /** Ports of the API servers on that address; the first is that of the endpoint. */
  apiServerPorts: number[];
  serviceCIDR: string;
  /** First address of the services' network: the API server's own Service. */
  kubernetesServiceAddress: string;
  clusterDNS: string;
  hosts: LabHost[];
  files: LabFiles;
}

/** Files of a lab, below `.lab/` of the working tree (`.lab-NAME/` for a lab with another name). */
export interface LabFiles {
  directory: string;
  state: string;
  kubeconfig: string;
  /** Folder of its Pulumi project; its files are named in lab/pulumi/environment.ts. */
  pulumi: string;
  /** Configuration of its stack. */
  stackConfig: string;
  passphrase: string;
  sshKey: string;
  knownHosts: string;
  pki: string;
  /** Kubeconfigs of the controller manager and the scheduler. */
  credentials: string;
  etcdData: string;
  logs: string;
  /** One JSON file a background process. */
  processes: string;
  /** A folder for each host. */
  hosts: string;
}

/** Ports on the gateway address; each lab has an address of its own, so they are the same for all labs. */
export const ports = { apiServer: 6443, etcdClient: 2379, etcdPeer: 2380, controllerManager: 10257, scheduler: 10259 };

/** Environment variable of every process of a lab; its value is the lab's folder. */
export const labVariable = "KWN_LAB_DIRECTORY";

/** Label of everything of a lab in Docker; its value is the lab's name. */
export const labLabel = "kubernetes-worker-nodes.lab";
/** Label of the network: the folder of the lab, so that two working trees do not take each other's lab. */
export const directoryLabel = "kubernetes-worker-nodes.directory";

const serviceCIDR = "10.1.0.0/16";
const firstHost = 11;
const firstVm = 211;
const longestInterfaceName = 15;

export function labDirectory(projectDirectory: string, name: string): string {
  return path.join(projectDirectory, name === "lab" ? ".lab" : `.lab-${name}`);
}

export function layoutOf(options: LabOptions, projectDirectory: string): LabLayout {
  const directory = labDirectory(projectDirectory, options.name);
  const network = `kwn-${options.name}`;
  const gateway = addressIn(options.subnet, 1);
  return {
    network,
    bridge: interfaceName(network),
    gateway,
    endpoint: `https://${gateway}:${ports.apiServer}`,
    apiServerPorts: Array.from({ length: options.apiServers }, (_, index) => ports.apiServer + index),
    serviceCIDR,
    kubernetesServiceAddress: addressIn(serviceCIDR, 1),
    clusterDNS: addressIn(serviceCIDR, 2),
    hosts: [
      ...Array.from({ length: options.hosts }, (_, index) => hostOf(options, directory, index)),
      ...Array.from({ length: options.vmHosts }, (_, index) => vmOf(options, directory, index)),
    ],
    files: filesOf(directory),
  };
}

export function filesOf(directory: string): LabFiles {
  const below = (name: string) => path.join(directory, name);
  return {
    directory,
    state: below("lab.json"),
    kubeconfig: below("kubeconfig"),
    pulumi: below("pulumi"),
    stackConfig: below("pulumi/Pulumi.dev.yaml"),
    passphrase: below("passphrase"),
    sshKey: below("id_ed25519"),
    knownHosts: below("known_hosts"),
    pki: below("pki"),
    credentials: below("credentials"),
    etcdData: below("etcd"),
    logs: below("logs"),
    processes: below("processes"),
    hosts: below("hosts"),
  };
}

function hostOf(options: LabOptions, directory: string, index: number): LabHost {
  const name = `node-${index + 1}`;
  return {
    name,
    address: addressIn(options.subnet, firstHost + index),
    container: `kwn-${options.name}-${name}`,
    directory: path.join(directory, "hosts", name),
  };
}

function vmOf(options: LabOptions, directory: string, index: number): LabHost {
  const name = `vm-${index + 1}`;
  const { hosts, logs, processes, sshKey, knownHosts } = filesOf(directory);
  const own = path.join(hosts, name);
  return {
    name,
    address: addressIn(options.subnet, firstVm + index),
    container: "",
    directory: own,
    vm: {
      tap: interfaceName(`kwn-${options.name}-${name}`),
      disk: path.join(own, "disk.qcow2"),
      kernel: path.join(own, "vmlinuz"),
      initrd: path.join(own, "initrd.img"),
      seed: path.join(own, "seed.tar"),
      console: path.join(logs, `${name}.console`),
      record: path.join(processes, `${name}.json`),
      sshKey,
      knownHosts,
    },
  };
}

/** The `number`th address of a network. */
function addressIn(cidr: string, number: number): string {
  const octets = ipaddr.IPv4.parseCIDR(cidr)[0].octets;
  octets[3] = (octets[3] ?? 0) + number;
  return octets.join(".");
}

/** Linux refuses interface names longer than 15 characters; a longer one keeps its start and gets a hash. */
function interfaceName(name: string): string {
  if (name.length <= longestInterfaceName) return name;
  return `kwn-${createHash("sha256")
    .update(name)
    .digest("hex")
    .slice(0, longestInterfaceName - 4)}`;
}
