import type { Preview, PreviewStep } from "../../preview/preview";

const prefix = "urn:pulumi:dev::kubernetes-worker-nodes";
const parents = "kubernetes-worker-nodes:index:WorkerPool$kubernetes-worker-nodes:index:WorkerNode";

type Inputs = Record<string, unknown>;

/** A step of one part of a node; without inputs before it is made, without those after it goes. */
export function step(node: string, part: string, old?: Inputs, now?: Inputs, changed: string[] = []): PreviewStep {
  const type = `pulumi-nodejs:dynamic/kubernetes-worker-nodes:X`;
  const op = old === undefined ? "create" : now === undefined ? "delete" : changed.length > 0 ? "update" : "same";
  const record = (inputs: Inputs | undefined) => (inputs === undefined ? undefined : { type, inputs });
  return { op, urn: `${prefix}::${parents}$${type}::${node}-${part}`, old: record(old), new: record(now), changed };
}

/** The inputs of a service with these files. */
export function service(unitName: string, files: Record<string, string>, more: Inputs = {}): Inputs {
  const specs = Object.entries(files).map(([path, content]) => [path, { content }]);
  return { unitName, files: Object.fromEntries(specs) as Inputs, ...more };
}

export function previewOf(...steps: PreviewStep[]): Preview {
  return { steps, diagnostics: [] };
}
