import { z } from "zod";
import * as address from "./addressRules";
import * as apiServer from "./apiServerRules";
import { described } from "./described";
import * as name from "./nameRules";
import * as secret from "./secretRules";
import { isMissing, text } from "./values";

/** What every node of a cluster shares. */
export const clusterFields = {
  kubernetesVersion: text('write the release, e.g. "1.37.2"', name.kubernetesVersionFault),
  clusterName: described(
    "Name of the cluster in the kubeconfigs on the hosts; only people read it.",
    text("", name.clusterNameFault).default("kubernetes"),
  ),
  apiServerEndpoint: described(
    "URL of the API server as every node reaches it: https, host, port, no path. Capitals, a slash at the end and port 443 are " +
      "taken out; what a URL parser reads as something else than what is written (`https://0x0a.1`, backslashes, line breaks) is " +
      "refused. One value serves kubelet and kube-proxy. With `apiServers` it is where the proxy on each node listens, a loopback " +
      "address; without them a loopback address means a proxy of your own on each node.",
    text('write the API server\'s URL, e.g. "https://10.231.0.1:6443"', address.apiServerEndpointFault)
      .transform(address.canonicalEndpoint)
      .optional(),
    { unset: `required; with \`apiServers\` \`${apiServer.localEndpoint}\`` },
  ),
  apiServers: described(
    'The API servers, `["10.231.0.1:6443", "10.231.0.2:6443"]` or https URLs. Each node then has a proxy of its own to those that are ' +
      "alive, HAProxy of the distribution, and kubelet and kube-proxy ask that. See below.",
    z
      .array(
        text("write an API server's address and port", apiServer.apiServerFault).transform(
          apiServer.canonicalApiServer,
        ),
        { error: 'is not a list; write the API servers, e.g. ["10.231.0.1:6443"]' },
      )
      .min(1, { error: "is empty; write the API servers, or leave it out" })
      .optional(),
    { unset: "no proxy" },
  ),
  caCertPem: described(
    "Certificate of the cluster's CA, PEM text, or a bundle of several. One of them has to be in the kubeconfig's " +
      "`certificate-authority-data`, if there is one, and not all may have ended. Public.",
    text("write the PEM text of the cluster CA's certificate", secret.caCertPemFault),
  ),
  clusterCIDR: described(
    "Range of all pods, `10.2.0.0/16`, or `IPv4,IPv6` for a dual-stack cluster; no bits set after the prefix. The same value as " +
      "kube-controller-manager's `--cluster-cidr`.",
    text('write the pods\' range, e.g. "10.2.0.0/16"', address.clusterCIDRFault),
  ),
  clusterDNS: described(
    'Addresses of the cluster\'s DNS Service, `["10.1.0.2"]`; not inside `clusterCIDR`.',
    z
      .array(text("write an IP address", address.clusterDNSFault), {
        error: (issue) =>
          `${isMissing(issue) ? "is required" : "is not a list"}; write the cluster IP of the DNS Service, e.g. ["10.1.0.2"]`,
      })
      .min(1, { error: 'is empty; write the cluster IP of the DNS Service, e.g. ["10.1.0.2"]' }),
  ),
  clusterDomain: described(
    "DNS domain of the cluster, lower case, without trailing dot.",
    text("", name.clusterDomainFault).default("cluster.local"),
  ),
};

/** Credentials of the cluster; `how` says in each door's words how to give one that is missing. */
export const clusterSecrets = {
  kubeconfig: (how: string) =>
    described(
      "Text of an admin kubeconfig. With it the machine that runs Pulumi makes the token's Secret and the role bindings, labels and " +
        "taints Nodes, drains and deletes them. Its server has to be https and its certificate checked (no " +
        "`insecure-skip-tls-verify`); a client certificate in it has to be valid now. Goes to no host.",
      text(how, secret.kubeconfigFault),
      { secret: true },
    ),
  caPrivateKeyPem: (how: string) =>
    described(
      "Private key of the cluster's CA, PEM, not encrypted; the key of a certificate in `caCertPem`. Signs kube-proxy's client " +
        "certificate. Goes to no host.",
      text(how, secret.caPrivateKeyPemFault),
      { secret: true },
    ),
  bootstrapToken: (how: string) =>
    described(
      "Token with which each kubelet asks for its certificate: 6 and 16 lower-case letters or digits with a dot between, as " +
        "`kubeadm token generate` prints.",
      text(how, secret.bootstrapTokenFault),
      { secret: true },
    ),
};
