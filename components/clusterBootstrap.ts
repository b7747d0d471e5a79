import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { createClientCertificate, type CertificateArgs, type ClientCertificate } from "./clientCertificate";
import { createBinding, oldOneFirst, ownedByStack } from "./clusterObjects";
import { createFlannelAccess } from "./flannelAccess";
import { checkedBootstrapArgs, checkedCertificateArgs } from "./nodeArguments";

/** Arguments of {@link ClusterBootstrap}. */
export interface ClusterBootstrapArgs extends CertificateArgs {
  /**
   * Token with which kubelets ask for their certificate, `[a-z0-9]{6}.[a-z0-9]{16}`. Secret.
   * https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/
   */
  bootstrapToken: pulumi.Input<string>;
  /** When the token ends, RFC 3339; the cluster's token cleaner deletes it then. @default never @example "2030-01-01T00:00:00Z" */
  bootstrapTokenExpiration?: pulumi.Input<string>;
  /** Makes what flannel needs too, for nodes with cniMode "flannel". @default false */
  flannel?: boolean;
}

/** kube-proxy, as the cluster knows it. */
const kubeProxyUser = { part: "kube-proxy", commonName: "system:kube-proxy" };

/** Group of the bootstrap token, as in the hand-made procedure and kubeadm. */
const bootstrapGroup = "system:bootstrappers:default-node-token";

/**
 * What the cluster needs, once, before a host can join: the bootstrap token's Secret, the three ClusterRoleBindings that
 * let kubelets ask for a certificate and have it approved and renewed, kube-proxy's client certificate, and where asked for what
 * flannel needs ({@link FlannelAccess}).
 *
 * Give the Kubernetes provider `upsertExistingObjects`: without it, what a run that was cut off made and did not record stops
 * the next one. What another stack has made is not taken over by it, but refused as a conflict. Give it a `clusterIdentifier` that
 * never changes as well: without it, another address or CA of the cluster has all objects replaced.
 *
 * @example
 * const cluster = new kubernetes.Provider("cluster", { kubeconfig, clusterIdentifier: "mine", upsertExistingObjects: true });
 * const bootstrap = new ClusterBootstrap("worker-nodes", { bootstrapToken, caCertPem, caPrivateKeyPem }, { providers: [cluster] });
 */
export class ClusterBootstrap extends pulumi.ComponentResource {
  /** The token, known once its Secret is in the cluster. Secret. */
  public readonly bootstrapToken: pulumi.Output<string>;
  /** Client certificate of the user system:kube-proxy, which the cluster binds to system:node-proxier by itself. */
  public readonly kubeProxyCertificate: ClientCertificate;
  /** Client certificate of flannel, where it is asked for. */
  public readonly flannelCertificate?: ClientCertificate;

  constructor(name: string, given: ClusterBootstrapArgs, opts?: pulumi.ComponentResourceOptions) {
    const args = checkedBootstrapArgs(name, given);
    super("kubernetes-worker-nodes:index:ClusterBootstrap", name, {}, opts);
    const parent = { parent: this };
    const inCluster = { ...parent, ...oldOneFirst };
    const secret = createTokenSecret(name, args, inCluster);
    createBindings(name, inCluster);
    this.bootstrapToken = pulumi.secret(pulumi.all([args.bootstrapToken, secret.id]).apply(([token]) => token));
    this.kubeProxyCertificate = createClientCertificate(name, kubeProxyUser, args, parent);
    this.flannelCertificate = args.flannel === true ? createFlannelAccess(name, args, parent) : undefined;
    this.registerOutputs({});
  }
}

/**
 * kube-proxy's client certificate alone, for a cluster whose token and bindings somebody else looks after. It holds a year and is
 * renewed by an `up` in its last month.
 *
 * @example
 * const { certPem, privateKeyPem } = new KubeProxyCertificate("kube-proxy", { caCertPem, caPrivateKeyPem });
 */
export class KubeProxyCertificate extends pulumi.ComponentResource implements ClientCertificate {
  public readonly certPem: pulumi.Output<string>;
  public readonly privateKeyPem: pulumi.Output<string>;

  constructor(name: string, given: CertificateArgs, opts?: pulumi.ComponentResourceOptions) {
    const args = checkedCertificateArgs("KubeProxyCertificate", name, given);
    super("kubernetes-worker-nodes:index:KubeProxyCertificate", name, {}, opts);
    const { certPem, privateKeyPem } = createClientCertificate(name, kubeProxyUser, args, { parent: this });
    this.certPem = certPem;
    this.privateKeyPem = privateKeyPem;
    this.registerOutputs({});
  }
}

function createTokenSecret(
  name: string,
  args: ClusterBootstrapArgs,
  opts: pulumi.CustomResourceOptions,
): kubernetes.core.v1.Secret {
  const parts = pulumi.secret(args.bootstrapToken).apply((token) => token.split("."));
  // The id is public: it is the Secret's name and appears in every CSR's user name.
  const id = pulumi.unsecret(parts.apply(([first = ""]) => first));
  const { bootstrapTokenExpiration: end } = args;
  const expiration: Record<string, pulumi.Input<string>> = end === undefined ? {} : { expiration: end };
  return new kubernetes.core.v1.Secret(
    `${name}-bootstrap-token`,
    {
      metadata: {
        name: pulumi.interpolate`bootstrap-token-${id}`,
        namespace: "kube-system",
        ...ownedByStack(),
      },
      type: "bootstrap.kubernetes.io/token",
      stringData: {
        "token-id": id,
        "token-secret": parts.apply(([, second = ""]) => second),
        "usage-bootstrap-authentication": "true",
        "auth-extra-groups": bootstrapGroup,
        ...expiration,
      },
    },
    { ...opts, additionalSecretOutputs: ["stringData", "data"] },
  );
}

/** Their names end like the hand-made procedure's. */
function createBindings(name: string, opts: pulumi.CustomResourceOptions): void {
  const csr = "system:certificates.k8s.io:certificatesigningrequests";
  const bind = (binding: string, clusterRole: string, group: string) =>
    createBinding(name, binding, clusterRole, { kind: "Group", name: group }, opts);
  bind("kubelet-bootstrap", "system:node-bootstrapper", bootstrapGroup);
  bind("node-autoapprove-bootstrap", `${csr}:nodeclient`, bootstrapGroup);
  bind("node-autoapprove-certificate-rotation", `${csr}:selfnodeclient`, "system:nodes");
}
