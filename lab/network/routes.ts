import * as ipaddr from "ipaddr.js";

/** The parts of a Node object that say where its pods are. */
export interface NodeObject {
  metadata: { name: string };
  spec?: { podCIDR?: string };
  status?: { addresses?: { type: string; address: string }[] };
}

/** Pods' network of a node -> address of its host. */
export type Routes = Record<string, string>;

/** The routes that the nodes ask for: only to pods' networks of the lab, only by hosts of the lab. */
export function wantedRoutes(nodes: NodeObject[], subnet: string, clusterCIDR: string): Routes {
  const routes: Routes = {};
  for (const node of nodes) {
    const podCIDR = node.spec?.podCIDR;
    const host = node.status?.addresses?.find((address) => address.type === "InternalIP")?.address;
    if (podCIDR === undefined || host === undefined) continue;
    if (!ipaddr.IPv4.isValidCIDR(podCIDR) || !ipaddr.IPv4.isValid(host)) continue;
    if (!contains(clusterCIDR, ipaddr.IPv4.parseCIDR(podCIDR)[0]) || !contains(subnet, ipaddr.IPv4.parse(host)))
      continue;
    routes[podCIDR] = host;
  }
  return routes;
}

/** Arguments of the `ip route` commands that turn what is there into what is wanted. */
export function routeChanges(present: Routes, wanted: Routes): { replace: Routes; remove: string[] } {
  const replace = Object.fromEntries(Object.entries(wanted).filter(([network, host]) => present[network] !== host));
  return { replace, remove: Object.keys(present).filter((network) => !(network in wanted)) };
}

function contains(network: string, address: ipaddr.IPv4): boolean {
  return address.match(ipaddr.IPv4.parseCIDR(network));
}
