import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Lab, LabHostAccess } from "../../lab/lab";
import { docker } from "../../lab/machine/docker";
import { renderKubeconfig } from "../../render";
import { nodesOf } from "./labOfTests";
import type { Stack } from "./stack";

/** The drop-in of kubeadm's package, by which its kubelet runs. */
export const kubeadmDropIn = "/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf";

/**
 * Makes a bare host a node of the lab's cluster the way kubeadm does: a kubelet in /usr/bin under the packages' unit and drop-in,
 * which joins by a bootstrap token and keeps its certificate.
 */
export async function joinAsKubeadm(lab: Lab, stack: Stack, host: LabHostAccess): Promise<void> {
  const [{ kubelet } = { kubelet: { source: "" } }] = Object.values(
    stack.setting("binaries") as Record<string, { kubelet: { source: string } }>,
  );
  await docker(["cp", kubelet.source, `${host.container}:/usr/bin/kubelet`]);
  const server = stack.setting("apiServerEndpoint") as string;
  const caCertPem = stack.setting("caCertPem") as string;
  const token = (await readFile(join(lab.files.credentials, "bootstrap-token"), "utf8")).trim();
  const userName = "tls-bootstrap-token-user";
  const files: Record<string, string> = {
    "/etc/kubernetes/pki/ca.crt": caCertPem,
    "/etc/kubernetes/bootstrap-kubelet.conf": renderKubeconfig({
      clusterName: "kubernetes",
      server,
      caCertPem,
      userName,
      token,
    }),
    "/var/lib/kubelet/config.yaml": JSON.stringify({
      ...configuration,
      ...(stack.setting("kubeletConfiguration") as object),
    }),
    "/usr/lib/systemd/system/kubelet.service": "[Service]\nExecStart=/usr/bin/kubelet\nRestart=always\n",
    [kubeadmDropIn]: `[Service]\nExecStart=\nExecStart=/usr/bin/kubelet ${flags}\n`,
  };
  for (const [path, text] of Object.entries(files)) {
    const { code, stderr } = await lab.exec(host.name, `mkdir -p "$(dirname ${path})" && cat >${path}`, text);
    if (code !== 0) throw new Error(`${host.name}: ${stderr}`);
  }
  await lab.exec(host.name, "mkdir -p /etc/kubernetes/manifests; systemctl daemon-reload; systemctl start kubelet");
  for (let tries = 0; !(await nodesOf(lab)).some(({ name }) => name === host.name); tries++) {
    if (tries > 60) throw new Error(`${host.name} does not join: ${(await lab.exec(host.name, lastWords)).stdout}`);
    await sleep(500);
  }
  // kubeadm takes it away when its kubelet has joined.
  await lab.exec(host.name, "rm /etc/kubernetes/bootstrap-kubelet.conf");
}

/** Takes away what joinAsKubeadm has made, also where it was made a node of a stack since and given up again. */
export async function leaveAsKubeadm(lab: Lab, host: string): Promise<void> {
  await lab.exec(host, traces);
}

const lastWords = "journalctl -u kubelet -n 20 -o cat --no-pager";
const traces = `
systemctl stop kubelet
rm -rf /usr/bin/kubelet /usr/lib/systemd/system/kubelet.service /usr/lib/systemd/system/kubelet.service.d
rm -rf /etc/systemd/system/kubelet.service.d /etc/kubernetes /var/lib/kubelet/config.yaml
systemctl daemon-reload
`;

const flags =
  "--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf --config=/var/lib/kubelet/config.yaml";

const configuration = {
  apiVersion: "kubelet.config.k8s.io/v1beta1",
  kind: "KubeletConfiguration",
  authentication: {
    anonymous: { enabled: false },
    webhook: { enabled: true },
    x509: { clientCAFile: "/etc/kubernetes/pki/ca.crt" },
  },
  authorization: { mode: "Webhook" },
  cgroupDriver: "systemd",
  containerRuntimeEndpoint: "unix:///run/containerd/containerd.sock",
  rotateCertificates: true,
  staticPodPath: "/etc/kubernetes/manifests",
};
