import type { Marks } from "./nodeLabelsAndTaints";

/** What flanneld writes on its Node. An address that somebody else has written there for it (`-overwrite`) is not among it. */
const flannelAnnotations = [
  "backend-type",
  "backend-data",
  "backend-v6-data",
  "kube-subnet-manager",
  "public-ip",
  "public-ipv6",
].map((name) => `flannel.alpha.coreos.com/${name}`);

/** The marks with flannel's annotations among them, so that these go where the Node is to have them no more. */
export function withFlannelMarks(marks: Marks): Marks {
  return {
    ...marks,
    annotations: { ...marks.annotations, ...Object.fromEntries(flannelAnnotations.map((key) => [key, ""])) },
  };
}
