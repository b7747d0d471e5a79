import { readFileSync } from "node:fs";
import * as https from "node:https";
import { load } from "js-yaml";
import { run } from "../machine/command";
import { messageOf } from "../../base/errorMessage";
import { type ClientTls, getText } from "../machine/https";
import { routeProtocol } from "./network";
import { type NodeObject, type Routes, routeChanges, wantedRoutes } from "./routes";

/**
 * Plays the router of the rack: keeps a route on this machine to each node's pods, by its host, as the cluster's Nodes
 * say. Runs in the background for as long as the lab does.
 *
 *   node router.js KUBECONFIG BRIDGE SUBNET CLUSTER_CIDR
 */
interface RouterArgs {
  server: string;
  tls: ClientTls;
  bridge: string;
  subnet: string;
  clusterCIDR: string;
}

/** A watch is ended by the API server after this time, and the routes are looked at anew. */
const watchSeconds = 30;
const retryMilliseconds = 1000;

async function main(): Promise<void> {
  const args = parse(process.argv.slice(2));
  for (;;) {
    try {
      const version = await reconcile(args);
      await untilChange(args, version);
    } catch (error) {
      log(messageOf(error));
      await new Promise((resolve) => setTimeout(resolve, retryMilliseconds));
    }
  }
}

/** Sets the routes once; returns the version of the list of Nodes that they follow. */
async function reconcile(args: RouterArgs): Promise<string> {
  const answer = await getText(`${args.server}/api/v1/nodes`, args.tls, 10_000);
  if (answer.status !== 200) throw new Error(`list of Nodes: HTTP ${answer.status}`);
  const list = JSON.parse(answer.body) as { metadata: { resourceVersion: string }; items: NodeObject[] };
  const wanted = wantedRoutes(list.items, args.subnet, args.clusterCIDR);
  const { replace, remove } = routeChanges(await presentRoutes(args.bridge), wanted);
  const ours = ["dev", args.bridge, "proto", routeProtocol];
  for (const [network, host] of Object.entries(replace)) {
    await run("ip", ["route", "replace", network, "via", host, ...ours]);
    log(`${network} via ${host}`);
  }
  for (const network of remove) {
    await run("ip", ["route", "delete", network, ...ours]);
    log(`${network} removed`);
  }
  return list.metadata.resourceVersion;
}

async function presentRoutes(bridge: string): Promise<Routes> {
  const text = await run("ip", ["-json", "route", "show", "dev", bridge, "proto", routeProtocol]);
  const entries = JSON.parse(text || "[]") as { dst: string; gateway?: string }[];
  return Object.fromEntries(entries.map((entry) => [entry.dst, entry.gateway ?? ""]));
}

/** Resolves at the first event of a watch on Nodes, or when the watch ends. */
async function untilChange(args: RouterArgs, resourceVersion: string): Promise<void> {
  const query = `watch=true&resourceVersion=${resourceVersion}&timeoutSeconds=${watchSeconds}`;
  await new Promise<void>((resolve, reject) => {
    const options = { ...args.tls, agent: false, timeout: (watchSeconds + 10) * 1000 };
    const request = https.get(`${args.server}/api/v1/nodes?${query}`, options, (response) => {
      response.on("data", () => {
        request.destroy();
        resolve();
      });
      response.on("end", resolve);
      response.on("error", reject);
    });
    request.on("timeout", () => request.destroy(new Error("the watch on Nodes is silent")));
    request.on("error", reject);
  });
}

function parse([kubeconfig = "", bridge = "", subnet = "", clusterCIDR = ""]: string[]): RouterArgs {
  const config = load(readFileSync(kubeconfig, "utf8")) as {
    clusters: [{ cluster: { server: string; "certificate-authority-data": string } }];
    users: [{ user: { "client-certificate-data": string; "client-key-data": string } }];
  };
  const text = (base64: string) => Buffer.from(base64, "base64").toString();
  const { cluster } = config.clusters[0];
  const { user } = config.users[0];
  const tls = {
    ca: text(cluster["certificate-authority-data"]),
    cert: text(user["client-certificate-data"]),
    key: text(user["client-key-data"]),
  };
  return { server: cluster.server, tls, bridge, subnet, clusterCIDR };
}

function log(line: string): void {
  console.log(`${new Date().toISOString()} ${line}`);
}

process.on("SIGTERM", () => process.exit(0));
main().catch((error: unknown) => {
  log(messageOf(error));
  process.exit(1);
});
