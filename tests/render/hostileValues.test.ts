import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Script } from "../../base/script";
import { bundledText, scriptText } from "../../host/scriptText";
import {
  apiServerProxyHealth,
  apiServerProxyLook,
  cniCleanup,
  containerdHealth,
  containerdLook,
  flannelCleanup,
  flannelHealth,
  flannelLook,
  flannelTidy,
  kubeletAdjust,
  kubeletCleanup,
  kubeletHealth,
  kubeletLook,
  kubeProxyCleanup,
  kubeProxyHealth,
  kubeProxyLook,
  kubeProxyTidy,
  forgetRanges,
  paths,
  preflight,
  renderCniConflistTemplate,
  verification,
} from "../../render";
import { kubeletKubeconfig, pemOf } from "../support/certificates";
import { makeFit } from "../support/fitHost";
import { Sandbox, shells } from "../support/sandbox";

const marker = "/run/marker";
/** Each would leave the marker where a shell, or awk, took it for its own text. */
const hostile = [
  `$(echo >${marker})`,
  `\`echo >${marker}\``,
  `"; echo >${marker}; "`,
  `'; echo >${marker}; '`,
  `\n echo >${marker}\n`,
  `\${x:-$(echo >${marker})}`,
  `a[$(echo >${marker})]`,
  `"; system("echo >${marker}"); "`,
];

const clusterCIDR = "10.2.0.0/16";
const server = "https://10.0.0.10:6443";
const proxy = { servers: ["10.0.0.10:6443"], endpoint: "https://127.0.0.1:8443" };
const scripts: Script[] = [
  apiServerProxyHealth({ ...proxy, caCertPem: "", timeoutSeconds: 0, holdSeconds: 0 }),
  apiServerProxyLook(),
  containerdHealth({ cniMode: "bridge", timeoutSeconds: 0, holdSeconds: 0 }),
  kubeletHealth({ kubernetesVersion: "1.37.2", timeoutSeconds: 0, holdSeconds: 0 }),
  kubeProxyHealth({ mode: "nftables", timeoutSeconds: 0, holdSeconds: 0 }),
  kubeletCleanup(),
  kubeProxyCleanup(),
  cniCleanup(),
  preflight({
    kubernetesVersion: "1.37.2",
    arch: "amd64",
    kubeProxyMode: "nftables",
    cniMode: "flannel",
    commands: ["ls"],
    proxy,
    caSha256: ["0"],
  }),
  verification({ kubeProxyMode: "iptables", cniMode: "flannel", clusterCIDR }),
  kubeletLook({ cniMode: "bridge", server, caSha256: ["0"], clusterCIDR }),
  kubeProxyLook({ mode: "nftables" }),
  kubeProxyTidy({ mode: "nftables" }),
  forgetRanges(),
  flannelHealth({ backend: "vxlan", timeoutSeconds: 0, holdSeconds: 0 }),
  flannelCleanup(),
  flannelTidy({ backend: "vxlan" }),
  flannelLook({ backend: "vxlan" }),
  containerdLook({ cniMode: "bridge" }),
  kubeletAdjust({ server }),
];

/** Each script with each of its texts and lists; numbers and choices are no text of anybody. */
const rows = scripts.flatMap((script) =>
  Object.entries(script.values)
    .filter(([, value]) => typeof value === "string" || typeof value === "object")
    .map(([name]): [string, string, Script] => [script.file, name, script]),
);

test("all scripts are among them", () => {
  const folder = join(__dirname, "../../render/scripts");
  const whole = readdirSync(folder).map((name) => `render/scripts/${name}`);
  // A script starts with the prelude, what others read does not.
  const started = whole.filter((file) => bundledText(file).includes("\nset -uf\n"));
  expect(scripts.map(({ file }) => file).sort()).toEqual(started.sort());
});

describe.each(shells)("values that are shell text, under %s", (_name, shell) => {
  let host: Sandbox;
  let close: () => void;
  beforeEach(async () => {
    host = new Sandbox();
    close = await makeFit(host);
    host
      .clock({}, 30)
      .units("active")
      .command("iptables")
      .command("ctr")
      .file("/proc/mounts", "")
      .file(paths.kubeletKubeconfig, kubeletKubeconfig("https://10.0.0.9:6443", pemOf("other")))
      .file(paths.cniTemplate, renderCniConflistTemplate({ ipFamilies: 1, kubeProxyMode: "nftables" }))
      .file(paths.cniConflist, '{ "name": "kubernetes-worker-nodes",\n "subnet": "10.2.3.0/24"\n}\n')
      // The first URL is answered, so that what comes after it runs too.
      .command("curl", 'case "$*" in */proxyMode) exit 22 ;; *10256/livez) ;; *) exit 22 ;; esac');
  });
  afterEach(() => {
    close();
    host.remove();
  });

  test.each(rows)("do nothing in %s as %s", (_file, name, { file, values }) => {
    for (const value of hostile) {
      const text = scriptText({ file, values: { ...values, [name]: value } });
      host.run(`adopt=yes\n${text}`, shell);
      expect({ value, executed: host.has(marker) }).toEqual({ value, executed: false });
    }
  });

  test("would be seen", () => {
    host.run(scriptText(kubeProxyLook({ mode: "nftables" })).replace("set -uf\n", `set -uf\necho >${marker}\n`), shell);
    expect(host.has(marker)).toBe(true);
  });
});
