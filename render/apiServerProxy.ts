import { proxyStatusPort } from "../base/rules/apiServerRules";
import { isIPAddress } from "../base/rules/addressRules";
import type { ScriptValues } from "../base/script";
import { sha256 } from "../base/sha256";
import { renderHaproxy, type HaproxyLine, type HaproxySections } from "./haproxy";
import { paths } from "./paths";
import { renderSystemdUnit, systemdCommand } from "./systemdUnit";

/** The proxy's two ends. */
export interface ApiServerProxyEnds {
  /** The API servers as host:port. @example ["10.0.0.10:6443", "[fd00::10]:6443"] */
  servers: readonly string[];
  /** URL at which it listens, of a loopback address. @example "https://127.0.0.1:8443" */
  endpoint: string;
}

export interface ApiServerProxyArgs extends ApiServerProxyEnds {
  /** CA certificate(s) of the API servers, PEM: they are in another file, which a changed revision has read again. */
  caCertPem: string;
}

/** Where the proxy says how it sees the API servers. */
export const proxyStatus = `127.0.0.1:${proxyStatusPort}`;

/**
 * The proxy's configuration: TLS is passed through, so that kubelet and API server know each other by their own certificates. An API
 * server is alive when it answers /readyz; 401 and 403 are answers of one where anonymous users may not ask.
 */
export function renderApiServerProxyConfiguration(args: ApiServerProxyArgs): string {
  return renderHaproxy([
    ...sections(args),
    [
      ["frontend", "status"],
      [
        ["mode", "http"],
        ["bind", proxyStatus],
        ["stats", "enable"],
        // Of this configuration: another one does not answer here.
        ["stats", "uri", `/${apiServerProxyRevision(args)}`],
      ],
    ],
  ]);
}

/** Changes when what the proxy runs with does. */
export function apiServerProxyRevision(args: ApiServerProxyArgs): string {
  return sha256(JSON.stringify([sections(args), args.caCertPem])).slice(0, 12);
}

function sections(args: ApiServerProxyArgs): HaproxySections {
  const hasNames = args.servers.some(isNamed);
  return [
    [["global"], global],
    ...(hasNames ? [resolvers] : []),
    [["defaults"], defaults],
    [["listen", "kube-apiserver"], listener(args)],
  ];
}

const global: HaproxyLine[] = [
  ["user", "haproxy"],
  ["group", "haproxy"],
  ["maxconn", 4096],
  ["nbthread", 1],
  // What was reloaded no longer looks at the API servers, so that connections through it would not move from one that dies.
  ["hard-stop-after", "10s"],
];

/** A name that is not known any more, or only in /etc/hosts, keeps the address that it had. */
const resolvers: HaproxySections[number] = [
  ["resolvers", "host"],
  [
    ["parse-resolv-conf"],
    ...["nx", "obsolete", "other", "refused", "timeout"].map((answer): HaproxyLine => ["hold", answer, "10d"]),
  ],
];

const defaults: HaproxyLine[] = [
  ["mode", "tcp"],
  ["timeout", "connect", "2s"],
  ["timeout", "check", "2s"],
  ["timeout", "queue", "2s"],
  // A watch may have nothing to say for long.
  ["timeout", "client", "1h"],
  ["timeout", "server", "1h"],
];

function listener({ servers, endpoint }: ApiServerProxyEnds): HaproxyLine[] {
  const check = ["check", "check-ssl", "verify", "required", "ca-file", paths.apiServerProxyCa];
  // A dead one is found within seconds: 3 s and half a second later where it refuses, 2 s more for each answer that does not come.
  const pace = ["inter", "3s", "fastinter", "500ms", "downinter", "1s", "fall", "2", "rise", "2"];
  return [
    ["bind", bindAddress(endpoint)],
    // Each node would begin with the first one.
    ["balance", "random"],
    ["option", "httpchk", "GET", "/readyz"],
    ["http-check", "expect", "rstatus", "^(200|401|403)$"],
    // The next one at once where one refuses.
    ["option", "redispatch", 1],
    ["retries", 2],
    // kubelet and kube-proxy would wait for a dead server's answers on connections that they have.
    ["default-server", ...check, ...pace, "on-marked-down", "shutdown-sessions"],
    ...servers.map((server): HaproxyLine => [
      "server",
      server.replace(/[[\]]/g, ""),
      server,
      ...(isNamed(server) ? ["resolvers", "host", "init-addr", "last,libc,none"] : []),
    ]),
  ];
}

function isNamed(server: string): boolean {
  return !isIPAddress(hostOf(`https://${server}`));
}

function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, "");
}

function portOf(url: string): string {
  return new URL(url).port || "443";
}

/** The name of the machine itself is its IPv4 address here: IPv6 may be off. */
function bindAddress(endpoint: string): string {
  const { hostname } = new URL(endpoint);
  return `${hostname === "localhost" ? "127.0.0.1" : hostname}:${portOf(endpoint)}`;
}

/** What scripts are told of the proxy. */
export function proxyValues({ servers, endpoint }: ApiServerProxyEnds) {
  return { port: portOf(endpoint), api_servers: [...servers], subject: subjectName(hostOf(endpoint)) };
}

/** As openssl writes the name, among a certificate's, by which clients know a server. */
function subjectName(host: string): string {
  if (!isIPAddress(host)) return `DNS:${host}`;
  return `IP Address:${host === "::1" ? "0:0:0:0:0:0:0:1" : host}`;
}

/** What scripts are told of the proxy that is to run. */
export function runningProxyValues(args: ApiServerProxyArgs): ScriptValues {
  const { api_servers, subject } = proxyValues(args);
  return { status: proxyStatus, revision: apiServerProxyRevision(args), api_servers, subject };
}

/**
 * /etc/systemd/system/kube-apiserver-proxy.service, beside the distribution's haproxy.service, which is its owner's.
 *
 * @see https://docs.haproxy.org/2.6/management.html#3
 */
export function renderApiServerProxyUnit(): string {
  // By env, since systemd takes no name without a path everywhere. -Ws: the first process stays the same one when it is reloaded.
  const haproxy = (...args: string[]): string =>
    systemdCommand("/usr/bin/env", ["haproxy", "-Ws", "-f", paths.apiServerProxyConfiguration, ...args]);
  return renderSystemdUnit({
    Unit: {
      Description: "Proxy of this node to the Kubernetes API servers",
      Documentation: "https://docs.haproxy.org/",
      Wants: "network-online.target",
      After: "network-online.target",
      Before: "kubelet.service kube-proxy.service",
      // The node has no other way to its API servers.
      StartLimitIntervalSec: 0,
    },
    Service: {
      Type: "notify",
      ExecStart: haproxy(),
      // A file that it cannot read leaves the proxy as it runs.
      ExecReload: [haproxy("-c", "-q"), "/bin/kill -USR2 $MAINPID"],
      KillMode: "mixed",
      SuccessExitStatus: 143,
      Restart: "always",
      RestartSec: 2,
      LimitNOFILE: 65536,
      // It reads two files, opens sockets, and gives up root for its own user.
      NoNewPrivileges: true,
      ProtectSystem: "strict",
      ProtectHome: true,
      PrivateTmp: true,
      CapabilityBoundingSet: "CAP_KILL CAP_NET_BIND_SERVICE CAP_SETGID CAP_SETUID",
    },
    Install: { WantedBy: "multi-user.target" },
  });
}
