/** How often a transfer tells of itself, in milliseconds: one that is over sooner says nothing. */
const every = 10_000;

/**
 * Says now and then how far a transfer is.
 *
 * @param what which transfer it is, with the host
 * @param total bytes there are, where that is known
 * @example const tell = sayProgress("root@10.0.0.11:22: sending bin/kubelet", 29_000_000);
 *   tell(12_000_000); // "root@10.0.0.11:22: sending bin/kubelet: 12 of 29 MB", if ten seconds are over
 */
export function sayProgress(what: string, total?: number): (bytes: number) => void {
  let last = Date.now();
  return (bytes) => {
    if (Date.now() - last < every) return;
    last = Date.now();
    const megabytes = (count: number): string => String(Math.round(count / 1_000_000));
    console.log(`${what}: ${megabytes(bytes)}${total === undefined ? "" : ` of ${megabytes(total)}`} MB`);
  };
}
