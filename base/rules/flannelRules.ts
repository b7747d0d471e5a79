import { defaultFlannelBackend, flannelBackends } from "../modes";
import type { MadeView } from "./crossChecks";
import { firstOfEachPlace, type Finding } from "./finding";

/** What is wrong with a backend of flannel that is not the other nodes': what each sends the other does not take. */
export function otherBackendFault(others: string): string {
  return `is not that of other nodes (${others}), and no packet would come from one to the other; write one for all nodes`;
}

/** Nodes that flannel connects, each by another backend; one that is wrong by itself is passed over. */
export function flannelBackendFindings(made: readonly MadeView[]): Finding[] {
  const connected = made
    .filter(({ cniMode }) => cniMode === "flannel")
    .map(({ flannelBackend: { path, value = defaultFlannelBackend } }) => ({ path, value }))
    .filter(({ value }) => flannelBackends.some((known) => known === value));
  const [first] = connected;
  const others = connected.filter(({ value }) => value !== first?.value);
  return firstOfEachPlace(others.map(({ path }) => ({ path, fault: otherBackendFault(JSON.stringify(first?.value)) })));
}
