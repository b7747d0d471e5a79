import type { Lab } from "../lab/lab";

/** A host as the tools reach it. */
export interface BenchHost {
  name: string;
  address: string;
  port: number;
  /** "ssh-ed25519 AAAA..." */
  hostKey: string;
}

/** Port of the proxies of a link; each host has a loopback address of its own. */
const linkPort = 2200;

/** The hosts of a lab, straight or through the proxies of a link. */
export function benchHosts(lab: Lab, linked: boolean): BenchHost[] {
  return lab.hosts.map(({ name, address, hostKey }) => ({
    name,
    address: linked ? `127.231.0.${address.split(".").at(-1)}` : address,
    port: linked ? linkPort : 22,
    hostKey,
  }));
}
