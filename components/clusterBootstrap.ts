import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { issuerOfKey } from "../base/rules/secretRules";
import { checkedBootstrapArgs, checkedCertificateArgs } from "./nodeArguments";

/** Arguments of {@link ClusterBootstrap}. */
export interface ClusterBootstrapArgs {
  /**
   * Token with which kubelets ask for their certificate, `[a-z0-9]{6}.[a-z0-9]{16}`. Secret.
   * https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/
   */
  bootstrapToken: pulumi.Input<string>;
  /** When the token ends, RFC 3339; the cluster's token cleaner deletes it then. @default never @example "2030-01-01T00:00:00Z" */
  bootstrapTokenExpiration?: pulumi.Input<string>;
  /** Certificate of the cluster's CA, PEM, or a bundle of several while the CA is changed. */
  caCertPem: pulumi.Input<string>;
  /** Private key of the cluster's CA, PEM; signs the kube-proxy certificate and reaches no host. Secret. */
  caPrivateKeyPem: pulumi.Input<string>;
}

/** Arguments of {@link KubeProxyCertificate}. */
export type KubeProxyCertificateArgs = Pick<ClusterBootstrapArgs, "caCertPem" | "caPrivateKeyPem">;

/** A client certificate and its key. */
export interface ClientCertificate {
  /** Certificate, PEM. */
  certPem: pulumi.Output<string>;
  /** Private key, PEM. Secret. */
  privateKeyPem: pulumi.Output<string>;
}

/** Group of the bootstrap token, as in the hand-made procedure and kubeadm. */
const bootstrapGroup = "system:bootstrappers:default-node-token";

/** Kubernetes refuses longer names of field managers. */
const longestFieldManager = 128;

/**
 * Makes the stack the owner of an object's fields, under one name in all runs: another run of the stack may apply the object
 * again, and another stack, whose value would be another one, is refused as a conflict before it takes the object over.
 * https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-server-side-apply/
 */
function ownedByStack(): { annotations: Record<string, string> } {
  const owner = `${pulumi.getProject()}/${pulumi.getStack()}`;
  return { annotations: { "pulumi.com/patchFieldManager": owner.slice(-longestFieldManager) } };
}

/**
 * An object is replaced by one of the same name where its provider is, say for another cluster. Made before the old one goes, it
 * would be the old one, taken up, and would go with it.
 */
const oldOneFirst = { deleteBeforeReplace: true };

/** A year, renewed by an `up` within its last month. */
const certificateHours = { validityPeriodHours: 8760, earlyRenewalHours: 720 };

/**
 * What the cluster needs, once, before a host can join: the bootstrap token's Secret, the three ClusterRoleBindings that
 * let kubelets ask for a certificate and have it approved and renewed, and kube-proxy's client certificate.
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

  constructor(name: string, given: ClusterBootstrapArgs, opts?: pulumi.ComponentResourceOptions) {
    const args = checkedBootstrapArgs(name, given);
    super("kubernetes-worker-nodes:index:ClusterBootstrap", name, {}, opts);
    const parent = { parent: this };
    const inCluster = { ...parent, ...oldOneFirst };
    const secret = createTokenSecret(name, args, inCluster);
    createBindings(name, inCluster);
    this.bootstrapToken = pulumi.secret(pulumi.all([args.bootstrapToken, secret.id]).apply(([token]) => token));
    this.kubeProxyCertificate = createKubeProxyCertificate(name, args, parent);
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

  constructor(name: string, given: KubeProxyCertificateArgs, opts?: pulumi.ComponentResourceOptions) {
    const args = checkedCertificateArgs(name, given);
    super("kubernetes-worker-nodes:index:KubeProxyCertificate", name, {}, opts);
    const { certPem, privateKeyPem } = createKubeProxyCertificate(name, args, { parent: this });
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

/** Names end like the hand-made procedure's; project, stack and component before that keep two of them on one cluster apart. */
function createBindings(name: string, opts: pulumi.CustomResourceOptions): void {
  const csr = "system:certificates.k8s.io:certificatesigningrequests";
  createBinding(name, "kubelet-bootstrap", "system:node-bootstrapper", bootstrapGroup, opts);
  createBinding(name, "node-autoapprove-bootstrap", `${csr}:nodeclient`, bootstrapGroup, opts);
  createBinding(name, "node-autoapprove-certificate-rotation", `${csr}:selfnodeclient`, "system:nodes", opts);
}

function createBinding(
  name: string,
  binding: string,
  clusterRole: string,
  group: string,
  opts: pulumi.CustomResourceOptions,
): void {
  new kubernetes.rbac.v1.ClusterRoleBinding(
    `${name}-${binding}`,
    {
      metadata: {
        name: [pulumi.getProject(), pulumi.getStack(), name, binding].join(":"),
        ...ownedByStack(),
      },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: clusterRole },
      subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: group }],
    },
    opts,
  );
}

function createKubeProxyCertificate(
  name: string,
  args: KubeProxyCertificateArgs,
  opts: pulumi.CustomResourceOptions,
): ClientCertificate {
  const key = new tls.PrivateKey(`${name}-kube-proxy-key`, { algorithm: "ECDSA", ecdsaCurve: "P256" }, opts);
  const request = new tls.CertRequest(
    `${name}-kube-proxy-request`,
    {
      privateKeyPem: key.privateKeyPem,
      subject: { commonName: "system:kube-proxy", organization: "kubernetes-worker-nodes" },
    },
    opts,
  );
  const certificate = new tls.LocallySignedCert(
    `${name}-kube-proxy-certificate`,
    {
      certRequestPem: request.certRequestPem,
      caCertPem: issuer(args),
      caPrivateKeyPem: pulumi.secret(args.caPrivateKeyPem),
      allowedUses: ["digital_signature", "key_encipherment", "client_auth"],
      ...certificateHours,
    },
    opts,
  );
  return { certPem: certificate.certPem, privateKeyPem: pulumi.secret(key.privateKeyPem) };
}

/** Of a bundle the certificate that the key signs for, wherever it stands in it: a signer takes the first. Public as the bundle is. */
function issuer({ caCertPem, caPrivateKeyPem }: KubeProxyCertificateArgs): pulumi.Output<string> {
  const certificates = pulumi.output(caCertPem);
  const chosen = pulumi.all([certificates, caPrivateKeyPem]).apply(([pem, key]) => issuerOfKey(pem, key));
  return pulumi.output(pulumi.isSecret(certificates)).apply((hidden) => (hidden ? chosen : pulumi.unsecret(chosen)));
}
