const header =
  "# Written by kubernetes-worker-nodes (Pulumi). Changes made here are overwritten by the next `pulumi up`.\n";

/** Puts our mark in front of a text whose comments start with "#": YAML, TOML, systemd units, sysctl files, nft scripts. */
export function withHeader(text: string): string {
  return header + text;
}
