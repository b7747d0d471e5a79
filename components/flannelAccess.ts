import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { createClientCertificate, type CertificateArgs, type ClientCertificate } from "./clientCertificate";
import { createBinding, objectName, oldOneFirst, ownedByStack } from "./clusterObjects";
import { checkedCertificateArgs } from "./nodeArguments";

/** flannel, as the cluster knows it. A kubelet's own credential does not do: from 1.32 on it may not list Nodes. */
const flannelUser = { part: "flannel", commonName: "flannel" };

/**
 * What flannel may do in the cluster alone, for one whose token and bindings somebody else looks after: a client certificate, which holds
 * a year and is renewed by an `up` in its last month, and a role by which its user sees all Nodes and writes on their status how they
 * are reached.
 *
 * @example
 * const flannelCertificate = new FlannelAccess("flannel", { caCertPem, caPrivateKeyPem }, { providers: [cluster] });
 */
export class FlannelAccess extends pulumi.ComponentResource implements ClientCertificate {
  public readonly certPem: pulumi.Output<string>;
  public readonly privateKeyPem: pulumi.Output<string>;

  constructor(name: string, given: CertificateArgs, opts?: pulumi.ComponentResourceOptions) {
    const args = checkedCertificateArgs("FlannelAccess", name, given);
    super("kubernetes-worker-nodes:index:FlannelAccess", name, {}, opts);
    const { certPem, privateKeyPem } = createFlannelAccess(name, args, { parent: this });
    this.certPem = certPem;
    this.privateKeyPem = privateKeyPem;
    this.registerOutputs({});
  }
}

/** Certificate, role and binding of flannel; the certificate is known once it may be used. */
export function createFlannelAccess(
  name: string,
  args: CertificateArgs,
  opts: pulumi.CustomResourceOptions,
): ClientCertificate {
  const inCluster = { ...opts, ...oldOneFirst };
  const { part, commonName } = flannelUser;
  const role = new kubernetes.rbac.v1.ClusterRole(
    `${name}-${part}-role`,
    {
      metadata: { name: objectName(name, part), ...ownedByStack() },
      // As upstream's, without pods: the name of the Node is told, and not asked of a pod.
      rules: [
        { apiGroups: [""], resources: ["nodes"], verbs: ["get", "list", "watch"] },
        { apiGroups: [""], resources: ["nodes/status"], verbs: ["patch"] },
      ],
    },
    inCluster,
  );
  const binding = createBinding(name, part, role.metadata.name, { kind: "User", name: commonName }, inCluster);
  const { certPem, privateKeyPem } = createClientCertificate(name, flannelUser, args, opts);
  return { certPem: pulumi.all([certPem, binding.id]).apply(([pem]) => pem), privateKeyPem };
}
