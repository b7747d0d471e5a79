import { networkInterfaces } from "node:os";

/** A network for a lab that no interface of the machine is in. */
export function freeSubnet(): string {
  const taken = Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? []).map(({ cidr }) => cidr ?? ""),
  );
  const third = Array.from({ length: 90 }, (_, index) => index).find(
    (index) => !taken.some((cidr) => cidr.startsWith(`10.233.${index}.`)),
  );
  return `10.233.${third ?? 0}.0/24`;
}
