import { setTimeout as sleep } from "node:timers/promises";
import { run } from "../machine/command";
import { messageOf } from "../../base/errorMessage";
import { echoImage } from "./testImages";

/** What runs the checks: kubectl of the lab, with its kubeconfig. */
export interface Kubectl {
  command: string;
  kubeconfigPath: string;
}

/** Namespace of the test workload. */
export const workloadNamespace = "lab-workload";
const port = 8080;
const nodePort = 30080;

/** One pod on each node, and a Service before them. */
export interface Workload {
  /** Node name -> its pod. */
  pods: Record<string, { name: string; address: string }>;
  clusterIP: string;
  nodePort: number;
}

/** What was asked, and what answered. */
export interface WorkloadCheck {
  title: string;
  answer: string;
}

/** Runs kubectl and returns what it printed. */
export function kubectl({ command, kubeconfigPath }: Kubectl, args: string[], input?: string): Promise<string> {
  return run(command, args, { env: kubectlEnvironment(kubeconfigPath), input, timeoutSeconds: 180 });
}

/** Variables by which kubectl is about one lab, and writes into the lab's folder instead of ~/.kube. */
export function kubectlEnvironment(kubeconfigPath: string): Record<string, string> {
  return { KUBECONFIG: kubeconfigPath, KUBECACHEDIR: `${kubeconfigPath}.cache` };
}

/** Starts the workload and waits until every pod is ready. */
export async function startWorkload(lab: Kubectl, nodes: string[]): Promise<Workload> {
  const inNamespace = ["--namespace", workloadNamespace];
  const [namespace, ...objects] = manifests(nodes);
  await kubectl(lab, ["apply", "-f", "-"], JSON.stringify(namespace));
  // A pod is refused until the namespace's service account is there.
  await kubectl(lab, ["wait", ...inNamespace, "--for=create", "serviceaccount/default", "--timeout=60s"]);
  await kubectl(lab, ["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }));
  await kubectl(lab, ["wait", ...inNamespace, "--for=condition=Ready", "pod", "--all", "--timeout=120s"]);
  const pods = await Promise.all(
    nodes.map(async (node) => {
      const address = await kubectl(lab, [
        "get",
        "pod",
        podName(node),
        ...inNamespace,
        "-o",
        "jsonpath={.status.podIP}",
      ]);
      return [node, { name: podName(node), address }] as const;
    }),
  );
  const clusterIP = await kubectl(lab, ["get", "service", "echo", ...inNamespace, "-o", "jsonpath={.spec.clusterIP}"]);
  return { pods: Object.fromEntries(pods), clusterIP, nodePort };
}

/** Takes the workload away and waits until it is gone. */
export async function stopWorkload(lab: Kubectl): Promise<void> {
  await kubectl(lab, ["delete", "namespace", workloadNamespace, "--ignore-not-found", "--timeout=120s"]);
}

/**
 * Asks from the first node's pod what only works when the pod network, kube-proxy and the kubelet's API do: the other
 * node's pod, the Service (until the other node's pod has answered), the NodePort of the other node, logs and exec.
 *
 * @throws Error naming the first thing that did not answer.
 */
export async function checkWorkload(
  lab: Kubectl,
  workload: Workload,
  addresses: Record<string, string>,
): Promise<WorkloadCheck[]> {
  const [from, to] = Object.keys(workload.pods);
  const here = from === undefined ? undefined : workload.pods[from];
  const there = to === undefined ? undefined : workload.pods[to];
  if (to === undefined || here === undefined || there === undefined) throw new Error("the workload needs two nodes");
  const get = (url: string): Promise<string> => execute(lab, here.name, ["get", url]);
  return [
    { title: `pod ${here.name} -> pod ${there.name}`, answer: await get(`http://${there.address}:${port}/`) },
    {
      title: `pod ${here.name} -> ClusterIP`,
      answer: await until(there.name, () => get(`http://${workload.clusterIP}/`)),
    },
    {
      title: `pod ${here.name} -> NodePort of ${to}`,
      answer: await until(here.name, () => get(`http://${addresses[to] ?? ""}:${workload.nodePort}/`)),
    },
    { title: `kubectl exec ${there.name}`, answer: await execute(lab, there.name, ["hostname"]) },
    { title: `kubectl logs ${there.name}`, answer: await logs(lab, there.name) },
  ];
}

async function execute(lab: Kubectl, pod: string, args: string[]): Promise<string> {
  return (await kubectl(lab, ["exec", "--namespace", workloadNamespace, pod, "--", "/echo", ...args])).trim();
}

async function logs(lab: Kubectl, pod: string): Promise<string> {
  return (await kubectl(lab, ["logs", "--namespace", workloadNamespace, "--tail=1", pod])).trim();
}

/**
 * A Service picks a pod at random, and kube-proxy learns of it a moment after it was made: asks until the wanted pod has
 * answered, at most 60 times.
 */
async function until(pod: string, ask: () => Promise<string>): Promise<string> {
  let last = "";
  for (let attempt = 0; attempt < 60; attempt++) {
    last = await ask().catch((error: unknown) => messageOf(error));
    if (last.includes(`hostname=${pod} `)) return last;
    await sleep(200);
  }
  throw new Error(`${pod} never answered; the last answer was ${last}`);
}

function podName(node: string): string {
  return `echo-${node}`;
}

function manifests(nodes: string[]): object[] {
  const metadata = { namespace: workloadNamespace, labels: { app: "echo" } };
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: workloadNamespace } },
    ...nodes.map((node) => ({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { ...metadata, name: podName(node) },
      spec: {
        nodeName: node,
        terminationGracePeriodSeconds: 1,
        automountServiceAccountToken: false,
        containers: [
          {
            name: "echo",
            image: echoImage,
            imagePullPolicy: "Never",
            ports: [{ containerPort: port }],
            readinessProbe: { httpGet: { path: "/", port }, periodSeconds: 1 },
          },
        ],
      },
    })),
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { ...metadata, name: "echo" },
      spec: { type: "NodePort", selector: { app: "echo" }, ports: [{ port: 80, targetPort: port, nodePort }] },
    },
  ];
}
