import type { Deployment } from "@pulumi/pulumi/automation";
import type { Preview } from "../../preview/preview";

/** A host that there is only in the records. */
export interface PaperHost {
  name: string;
  address: string;
  hostKey: string;
}

/** What is read of a state; the rest of it stays as it is. */
interface State extends Deployment {
  deployment: { resources: { urn: string; inputs?: Record<string, unknown>; outputs?: Record<string, unknown> }[] };
}

/** Hosts that no one can reach, each with a key of its own. */
export function paperHosts(count: number): PaperHost[] {
  const type = Buffer.from("ssh-ed25519");
  return Array.from({ length: count }, (_, at) => {
    const key = Buffer.alloc(32);
    key.writeUInt32BE(at + 1);
    const blob = Buffer.concat([Buffer.from([0, 0, 0, type.length]), type, Buffer.from([0, 0, 0, 32]), key]);
    return {
      name: `node-${at + 1}`,
      address: `10.99.${at >> 7}.${(at % 128) + 1}`,
      hostKey: `ssh-ed25519 ${blob.toString("base64")}`,
    };
  });
}

/**
 * The state of a real `up` with the records of its first node made over for other hosts, as if all had been there: what a preview
 * compares with, for more hosts than a lab has.
 */
export function clonedNodes(state: Deployment, first: PaperHost, hosts: readonly PaperHost[]): Deployment {
  const deployment = state.deployment as State["deployment"];
  const isOfNode = ({ urn }: { urn: string }): boolean => urn.includes("index:WorkerNode");
  const isFirst = ({ urn }: { urn: string }): boolean => new RegExp(`::${first.name}(-[a-z-]+)?$`).test(urn);
  const own = JSON.stringify(deployment.resources.filter((one) => isOfNode(one) && isFirst(one)));
  const made = hosts.flatMap(
    ({ name, address, hostKey }) =>
      JSON.parse(
        own
          .replaceAll(new RegExp(`${first.name}(?!\\d)`, "g"), name)
          .replaceAll(first.address, address)
          .replaceAll(first.hostKey, hostKey),
      ) as State["deployment"]["resources"],
  );
  const resources = [...deployment.resources.filter((one) => !isOfNode(one)), ...made];
  return { ...state, deployment: { ...deployment, resources } };
}

/** Inputs that are digests of what has the node's name in it. */
const digests = ["revision", "proxyRevision", "stdin", "resource"];

/** The state with those digests as the program makes them, which a preview of no change tells. */
export function withDigests(state: Deployment, { steps }: Preview): Deployment {
  const deployment = state.deployment as State["deployment"];
  const inputsOf = new Map(steps.map(({ urn, new: now }) => [urn, now?.inputs ?? {}]));
  const resources = deployment.resources.map((resource) => {
    const known = inputsOf.get(resource.urn) ?? {};
    const { inputs = {}, outputs = {} } = resource;
    const made = Object.fromEntries(digests.filter((key) => key in inputs).map((key) => [key, known[key]]));
    if (Object.keys(made).length === 0) return resource;
    // A provider with a comparison of its own compares with the outputs.
    return { ...resource, inputs: { ...inputs, ...made }, outputs: { ...outputs, ...made } };
  });
  return { ...state, deployment: { ...deployment, resources } };
}
