import { decideClaim } from "../../components/claim/claimDecision";
import type { ClaimSituation } from "../../components/claim/claimDecision";
import type { OwnerRecord } from "../../components/claim/ownerRecord";

const ours: OwnerRecord = {
  owner: "organization/nodes/dev",
  resource: "pool/node-1",
  nodeName: "node-1",
  cluster: ["ca"],
  address: "10.0.0.11:22",
  hostKey: "ssh-ed25519 AAAA",
  machineId: "m1",
};

/** The record is that of the wanted node, under the claim of the state, where nothing else is said. */
function decide(record: Partial<OwnerRecord>, more: Partial<ClaimSituation> = {}): string {
  const situation = { wanted: ours, adopt: false, mine: "c1", holder: "c1", record: { ...ours, ...record }, ...more };
  const decision = decideClaim(situation);
  return decision.is === "refused" ? decision.why : decision.is;
}

describe("a host's owner record", () => {
  test.each([
    ["nobody has written", {}, { holder: undefined, record: undefined }, "free"],
    ["is ours", {}, {}, "held"],
    ["is ours, and the address is another", { address: "10.9.9.9:22" }, {}, "held"],
    ["is ours, and the key is another", { hostKey: "other" }, {}, "held"],
    ["is ours, and the stack has another name", { owner: "organization/nodes/old" }, {}, "held"],
    ["is ours, and the CA is a bundle by now", { cluster: ["ca", "new"] }, {}, "held"],
    ["is the same node's, under the claim of another resource", {}, { mine: undefined }, "passed on"],
    ["is another node's, reached at the same address", { nodeName: "node-2" }, { mine: undefined }, "renamed"],
    ["is ours under the name it had", { nodeName: "node-0" }, {}, "renamed"],
    [
      "is another node's, with the same key at another address",
      { nodeName: "node-2", address: "10.9.9.9:22" },
      { mine: "c9" },
      "renamed",
    ],
    [
      "is another node's, which another address and key reach",
      { nodeName: "node-2", address: "10.9.9.9:22", hostKey: "other" },
      { mine: undefined },
      "it is Node node-2 already, which is reached at 10.9.9.9:22: one machine is listed twice",
    ],
    [
      "is another stack's",
      { owner: "organization/nodes/prod" },
      { mine: undefined },
      "it is Node node-1 of stack organization/nodes/prod",
    ],
    ["is another cluster's", { cluster: ["other"] }, { mine: undefined }, "it is Node node-1 of another cluster"],
    ["is ours, and of another cluster", { cluster: ["other"] }, {}, "it is Node node-1 of another cluster"],
    ["was copied from another machine", { machineId: "m0" }, {}, "it carries the owner record of machine m0"],
    ["cannot be read", {}, { record: undefined }, "its owner record cannot be read"],
  ])("that %s", (_case, record, more, expected) => {
    expect(decide(record, more)).toContain(expected);
  });

  test.each([
    ["another stack's, as the same node", { owner: "organization/nodes/prod" }, "passed on"],
    ["another stack's, as another node", { owner: "organization/nodes/prod", nodeName: "worker" }, "renamed"],
    ["another node's of the stack", { nodeName: "node-2", address: "10.9.9.9:22", hostKey: "other" }, "renamed"],
    ["a copy of another machine's", { machineId: "m0" }, "renamed"],
    ["another cluster's", { cluster: ["other"] }, "it is Node node-1 of another cluster"],
  ])("is taken over where adopt is set and it is %s, but never another cluster's", (_case, record, expected) => {
    expect(decide(record, { mine: undefined, adopt: true })).toContain(expected);
  });
});
