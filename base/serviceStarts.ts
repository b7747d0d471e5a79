/** Services that this process has started: claim and unit -> when, by the clock of their host. */
const starts = new Map<string, number>();

/**
 * Keeps when a service was started on a host: a sign of life that is later is the new process's.
 *
 * @param claimId of the claim that holds the host.
 * @param at milliseconds since 1970, by the clock of the host, which is that of the signs.
 */
export function noteServiceStart(claimId: string, unitName: string, at: number): void {
  starts.set(`${claimId} ${unitName}`, at);
}

/** When this run has started the service; undefined where it has not. @example serviceStart(claim.id, "kubelet.service") */
export function serviceStart(claimId: string, unitName: string): number | undefined {
  return starts.get(`${claimId} ${unitName}`);
}
