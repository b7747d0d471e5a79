import { withHeader } from "./fileHeader";

/** Name of our nftables table, in the families ip and ip6. */
export const masqueradeTable = "kubernetes-worker-nodes";

export interface MasqueradeArgs {
  /** Range(s) of all pods of the cluster, one a family: "10.2.0.0/16" or "10.2.0.0/16,fd00:2::/48". */
  clusterCIDR: string;
}

/**
 * nftables script that gives pods the host's address for what is outside of the cluster's pod ranges, so that the answer
 * finds its way back. Between pods, on this or another node, addresses stay as they are: that is what Kubernetes promises,
 * and what the bridge plugin's own ipMasq would break, since it knows no range but the node's.
 *
 * Loaded before the kubelet starts; loading again replaces the rules in one transaction.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/#the-kubernetes-network-model
 * @example renderMasqueradeRules({ clusterCIDR: "10.2.0.0/16" })
 */
export function renderMasqueradeRules(args: MasqueradeArgs): string {
  return withHeader(ranges(args.clusterCIDR).map(familyTable).join("\n"));
}

/** The ranges of a clusterCIDR, one a family. @example ranges("10.2.0.0/16,fd00:2::/48") // ["10.2.0.0/16", "fd00:2::/48"] */
export function ranges(clusterCIDR: string): string[] {
  return clusterCIDR.split(",").map((range) => range.trim());
}

function familyTable(range: string): string {
  if (!/^[0-9a-fA-F:.]+\/\d{1,3}$/.test(range)) {
    throw new Error(`clusterCIDR: ${JSON.stringify(range)} must be a range such as 10.2.0.0/16; correct it`);
  }
  const family = range.includes(":") ? "ip6" : "ip";
  const multicast = family === "ip6" ? "ff00::/8" : "224.0.0.0/4";
  // "add" before "flush", so that flushing also works where the table is new.
  return `add table ${family} ${masqueradeTable}
flush table ${family} ${masqueradeTable}
table ${family} ${masqueradeTable} {
  chain postrouting {
    type nat hook postrouting priority 100; policy accept;
    ${family} saddr ${range} ${family} daddr != { ${range}, ${multicast} } masquerade
  }
}
`;
}
