import { digestOf } from "../../base/sealed";
import type { NodeRegistrationInputs, NodeRegistrationState } from "../../cluster/nodeRegistrationState";
import { FakeApiServer, machineIdOf, nodeObject, type FakeObject } from "./fakeApiServer";

/** The claim of the host whose Node is "a". */
export const claim = { id: "claim-1", machineId: machineIdOf("a"), owner: "org/project/stack" };

/** The annotations of a claim's Node. */
export const ofClaim = (id: string, owner = claim.owner): Record<string, string> => ({
  "kubernetes-worker-nodes/claim": id,
  "kubernetes-worker-nodes/owner": owner,
});

/** The annotations of a registered Node; of a registration that is made its name is not known. */
export const ofRegistration = (
  id: string,
  instance: string = expect.any(String) as string,
): Record<string, string> => ({
  ...ofClaim(id),
  "kubernetes-worker-nodes/registration": instance,
});

/** Of a Node that says no address. */
const unreported = { kubelet: "", peers: [], fromApiServer: "API server -> kubelet: ok" };

/** What of a registered Node is to be otherwise. */
export interface Registered {
  labels?: Record<string, string>;
  ready?: "True" | "False" | "Unknown";
  annotations?: Record<string, string>;
  uid?: string;
  machineID?: string;
  spec?: object;
}

/** A cluster with the registration of Node "a", and the lines that a run says; made anew for each test. */
export class RegistrationScene {
  server!: FakeApiServer;
  said: unknown[] = [];

  constructor() {
    beforeEach(async () => {
      this.server = await FakeApiServer.start();
      this.said = [];
      jest.spyOn(console, "log").mockImplementation((line) => void this.said.push(line));
    });
    afterEach(async () => {
      jest.restoreAllMocks();
      await this.server.stop();
    });
  }

  readonly inputs = (changes: Partial<NodeRegistrationInputs> = {}): NodeRegistrationInputs => {
    const engineKey = { __provider: "text of the provider" };
    return {
      ...engineKey,
      kubeconfig: this.server.kubeconfig,
      nodeName: "a",
      claim,
      kubeletVersion: "v1.37.2",
      revision: "1",
      readyTimeoutSeconds: 0.2,
      drainTimeoutSeconds: 1,
      labels: { pool: "x" },
      taints: [{ key: "k", effect: "NoSchedule" }],
      ...changes,
    };
  };

  /** The inputs as the state has them. */
  readonly sealed = (changes: Partial<NodeRegistrationInputs> = {}): NodeRegistrationInputs => {
    return this.inputs({ ...changes, kubeconfig: digestOf(this.server.kubeconfig) });
  };

  readonly state = (changes: Partial<NodeRegistrationState> = {}): NodeRegistrationState => {
    const seen = {
      podCIDRs: ["10.2.1.0/24"],
      nodeUid: "uid-of-a",
      told: [],
      kubernetesService: "",
      network: unreported,
    };
    return { ...this.inputs(), ...seen, instance: "this", ...changes };
  };

  /** Puts a Ready Node with the marks of `inputs()` there, but for what is given. */
  readonly registeredNode = (changes: Registered = {}): FakeObject => {
    const {
      labels = { pool: "x" },
      ready = "True",
      annotations = ofRegistration(claim.id, "this"),
      uid = "uid-of-a",
    } = changes;
    const node = nodeObject("a", ready);
    const metadata = { ...node.metadata, uid, annotations, labels: { ...node.metadata.labels, ...labels } };
    const nodeInfo = { kubeletVersion: "v1.37.2", machineID: changes.machineID ?? claim.machineId };
    const spec = { ...node.spec, taints: [{ key: "k", effect: "NoSchedule" }], ...changes.spec };
    return this.server.putNode({ ...node, metadata, spec, status: { ...node.status, nodeInfo } });
  };
}
