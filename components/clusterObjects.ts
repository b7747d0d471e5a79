import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

/** Kubernetes refuses longer names of field managers. */
const longestFieldManager = 128;

/**
 * Makes the stack the owner of an object's fields, under one name in all runs: another run of the stack may apply the object
 * again, and another stack, whose value would be another one, is refused as a conflict before it takes the object over.
 * https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-server-side-apply/
 */
export function ownedByStack(): { annotations: Record<string, string> } {
  const owner = `${pulumi.getProject()}/${pulumi.getStack()}`;
  return { annotations: { "pulumi.com/patchFieldManager": owner.slice(-longestFieldManager) } };
}

/**
 * An object is replaced by one of the same name where its provider is, say for another cluster. Made before the old one goes, it
 * would be the old one, taken up, and would go with it.
 */
export const oldOneFirst = { deleteBeforeReplace: true };

/** Name of an object of the whole cluster; project, stack and component in it keep two of them on one cluster apart. */
export function objectName(name: string, object: string): string {
  return [pulumi.getProject(), pulumi.getStack(), name, object].join(":");
}

/** A ClusterRoleBinding. */
export function createBinding(
  name: string,
  binding: string,
  clusterRole: pulumi.Input<string>,
  subject: { kind: "Group" | "User"; name: string },
  opts: pulumi.CustomResourceOptions,
): kubernetes.rbac.v1.ClusterRoleBinding {
  const apiGroup = "rbac.authorization.k8s.io";
  return new kubernetes.rbac.v1.ClusterRoleBinding(
    `${name}-${binding}`,
    {
      metadata: { name: objectName(name, binding), ...ownedByStack() },
      roleRef: { apiGroup, kind: "ClusterRole", name: clusterRole },
      subjects: [{ apiGroup, ...subject }],
    },
    opts,
  );
}
