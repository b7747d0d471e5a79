/** Options of `init`, as node:util's parseArgs has them. */
export const initOptions = {
  stack: { type: "string" },
  kubeconfig: { type: "string" },
  endpoint: { type: "string" },
  "ca-cert": { type: "string" },
  "ca-key": { type: "string" },
  "cluster-dns": { type: "string" },
  "cluster-cidr": { type: "string" },
  "kubernetes-version": { type: "string" },
  host: { type: "string", multiple: true },
  arch: { type: "string" },
  user: { type: "string" },
  "ssh-key": { type: "string" },
  "known-hosts": { type: "string" },
  "accept-host-keys": { type: "boolean" },
  binaries: { type: "string" },
  yes: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

export const initHelp = `Usage: kubernetes-worker-nodes init [options]

Writes the file of a stack, in the folder of Pulumi.yaml: finds what can be found, says where each value comes from, and asks for the
rest; without a terminal it names every option that is missing, and writes nothing. Secrets are encrypted by the Pulumi CLI. What the
stack has set already stays.

  --stack NAME                 the stack; made where it is not there
  --host NAME=ADDRESS[:PORT]   a host; once for each
  --kubeconfig FILE            admin kubeconfig (default: $KUBECONFIG, ~/.kube/config, /etc/kubernetes/admin.conf)
  --endpoint URL               the API server as hosts reach it (default: the kubeconfig's)
  --ca-cert FILE               the cluster's CA (default: the kubeconfig's)
  --ca-key FILE                its private key (default: /etc/kubernetes/pki/ca.key)
  --cluster-dns ADDRESS        (default: the Service kube-system/kube-dns)
  --cluster-cidr RANGE         (default: what kubeadm or the controller manager was told)
  --kubernetes-version VERSION (default: the API server's)
  --arch amd64|arm64           of the hosts (default: amd64)
  --user NAME                  for SSH (default: root)
  --ssh-key FILE               (default: an agent, if there is one, else ~/.ssh/id_ed25519)
  --known-hosts FILE           host keys that are known (default: ~/.ssh/known_hosts); those of other hosts are asked for, and shown
  --accept-host-keys           takes host keys as they are shown
  --binaries FOLDER            with kubelet, kube-proxy and cni-plugins-*.tgz (default: checksums of the official release)
  --yes                        asks nothing
  -h, --help                   shows this
`;
