/** Whose a host is; kept on it, readable by root only, as the JSON text below the line that names the claim. */
export interface OwnerRecord {
  /** organization/project/stack that holds the host. */
  owner: string;
  /** The resource of the program that holds the host, by its URN's last parts. */
  resource: string;
  /** Name of the Node that the host is. */
  nodeName: string;
  /** Hex SHA-256 fingerprints of the cluster's CA certificates. */
  cluster: string[];
  /** Address and port by which the owner reaches the host. @example "10.0.0.11:22" */
  address: string;
  /** The host's SSH key, without a comment. */
  hostKey: string;
  /** Content of the host's /etc/machine-id when it was claimed. */
  machineId: string;
}

/** The record as text. */
export function ownerRecordText(record: OwnerRecord): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}

/** The record of a text; undefined where it cannot be read. */
export function parseOwnerRecord(text: string): OwnerRecord | undefined {
  try {
    const { owner, resource, nodeName, cluster, address, hostKey, machineId } = JSON.parse(
      text,
    ) as Partial<OwnerRecord>;
    if (owner === undefined || nodeName === undefined || machineId === undefined) return undefined;
    const rest = { cluster: cluster ?? [], address: address ?? "", hostKey: hostKey ?? "", machineId };
    return { owner, resource: resource ?? "", nodeName, ...rest };
  } catch {
    return undefined;
  }
}

/** Whether two lists of CA fingerprints are of one cluster: during a change of the CA both have the old or the new one. */
export function sameCluster(one: readonly string[], other: readonly string[]): boolean {
  return one.some((fingerprint) => other.includes(fingerprint));
}

/** Address and port as a record has them. */
export function addressOf({ host, port = 22 }: { host: string; port?: number }): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
