import { scriptText } from "../../host/scriptText";
import {
  apiServerProxyHealth,
  apiServerProxyLook,
  apiServerProxyRevision,
  paths,
  preflight,
  renderApiServerProxyConfiguration,
  renderHaproxy,
} from "../../render";
import { makeFit, tcp } from "../support/fitHost";
import { Sandbox, shells } from "../support/sandbox";

const args = {
  servers: ["10.0.0.10:6443", "10.0.0.11:6443"],
  endpoint: "https://127.0.0.1:8443",
  caCertPem: "-----CA-----\n",
};
const uri = `http://127.0.0.1:8404/${apiServerProxyRevision(args)};csv`;

/** A line of HAProxy's report, of which only some columns count. */
const row = (name: string, status: string, check: string, said = ""): string =>
  `kube-apiserver,${name},0,${status},1,${check},"${said}"`;
const report = (...rows: string[]): string =>
  ["# pxname,svname,scur,status,weight,check_status,last_chk", ...rows, "kube-apiserver,BACKEND,0,UP,1,,"].join("\n");
const alive = report(row("10.0.0.10:6443", "UP", "L7OK"), row("10.0.0.11:6443", "DOWN", "L4CON", "Connection refused"));
const dead = report(
  row("10.0.0.10:6443", "DOWN", "L6RSP", "SSL handshake failure"),
  row("10.0.0.11:6443", "UP", "INI"),
);

/** curl that answers by the proxy's status. */
const curl = (text: string): string =>
  `for url; do :; done; case $url in '${uri}') printf '%s\\n' '${text}' ;; *) exit 22 ;; esac`;
const certificate = (names: string): string =>
  `case $1 in s_client) echo leaf ;; x509) printf 'X509v3 Subject Alternative Name: \\n    ${names}\\n' ;; esac`;
const whole = "DNS:kubernetes, IP Address:10.0.0.10, IP Address:127.0.0.1";

describe("HAProxy's configuration", () => {
  test.each([
    ["plain", "a-b_c.d:1/2@3[4]", "a-b_c.d:1/2@3[4]"],
    ["blanks", "a b\tc", "'a b\tc'"],
    ["variables, comments and escapes", '$HOME "#\\', `'$HOME "#\\'`],
    ["a quote", "it's", String.raw`'it'\''s'`],
    ["nothing", "", "''"],
  ])("has a word of %s as it is", (_case, word, expected) => {
    expect(renderHaproxy([[["global"], [["x", word]]]])).toContain(`\nglobal\n  x ${expected}\n`);
  });

  test("has no form for a line break", () => {
    expect(() => renderHaproxy([[["global"], [["x", "a\nb"]]]])).toThrow('"a\\nb" has a line break');
  });

  test("of the proxy says its revision, which is another for another CA, list or endpoint", () => {
    expect(renderApiServerProxyConfiguration(args)).toContain(`stats uri /${apiServerProxyRevision(args)}\n`);
    const others = [
      { ...args, caCertPem: "-----CB-----\n" },
      { ...args, servers: ["10.0.0.10:6443"] },
      { ...args, endpoint: "https://127.0.0.1:7443" },
    ];
    expect(new Set([args, ...others].map(apiServerProxyRevision)).size).toBe(4);
  });

  test.each([
    ["https://localhost:8443", "bind 127.0.0.1:8443\n", "DNS:localhost"],
    ["https://[::1]", "bind [::1]:443\n", "IP Address:0:0:0:0:0:0:0:1"],
    ["https://127.0.0.2:8443", "bind 127.0.0.2:8443\n", "IP Address:127.0.0.2"],
  ])("for %s listens there alone and asks certificates for that name", (endpoint, line, subject) => {
    expect(renderApiServerProxyConfiguration({ ...args, endpoint })).toContain(line);
    expect(apiServerProxyHealth({ ...args, endpoint }).values).toMatchObject({ subject });
  });
});

describe.each(shells)("the proxy to the API servers under %s", (_name, shell) => {
  let host: Sandbox;
  beforeEach(() => {
    host = new Sandbox()
      .clock()
      .units("active")
      .file(paths.apiServerProxyConfiguration, renderApiServerProxyConfiguration(args));
  });
  afterEach(() => host.remove());

  describe("is healthy", () => {
    const run = () => host.run(scriptText(apiServerProxyHealth({ ...args, timeoutSeconds: 0 })), shell);

    test.each([
      ["while one is alive", curl(alive), certificate(whole)],
      ["while its check goes on", curl(alive.replace("L7OK", "* L7OK")), certificate(whole)],
      ["where no certificate can be seen", curl(alive), "exit 1"],
    ])("%s", (_case, answer, openssl) => {
      host.command("curl", answer).command("openssl", openssl);
      expect(run()).toMatchObject({ status: 0, stdout: "", stderr: "" });
    });

    test.each([
      [
        "none is alive",
        curl(dead),
        "no API server is alive: 10.0.0.10:6443 is DOWN (L6RSP: SSL handshake failure), 10.0.0.11:6443 is UP (INI), is its certificate by a CA of caCertPem?",
      ],
      [
        "it runs with another configuration",
        curl(alive).replace(uri, "http://127.0.0.1:8404/other;csv"),
        "http://127.0.0.1:8404 does not answer for the configuration that is written",
      ],
      ["it does not answer", "exit 7", "http://127.0.0.1:8404 does not answer for the configuration that is written"],
    ])("not where %s", (_case, answer, reason) => {
      host.command("curl", answer).command("openssl", certificate(whole));
      expect(run()).toMatchObject({
        status: 1,
        stderr: expect.stringContaining(`is not healthy: ${reason} (waited 0 s)`) as string,
      });
    });

    test("not where its unit is failed", () => {
      host.units("failed");
      expect(run().stderr).toContain("the unit is failed");
    });

    test.each([
      ["openssl", (h: Sandbox) => h.command("openssl", certificate("DNS:kubernetes, IP Address:10.0.0.10"))],
      [
        "curl",
        (h: Sandbox) =>
          h.command(
            "curl",
            "case \"$*\" in *certs*) echo 'X509v3 Subject Alternative Name:DNS:kubernetes, IP Address:10.0.0.10' ;; esac",
          ),
      ],
    ])("not, and told at once by %s, where clients would refuse a certificate", (_tool, change) => {
      host.command("curl", curl(alive));
      change(host);
      const { status, stderr, calls } = run();
      expect([status, calls.filter((call) => call.startsWith("sleep"))]).toEqual([1, []]);
      expect(stderr).toContain(
        "the certificate of the API server 10.0.0.10:6443 has no IP Address:127.0.0.1, by which",
      );
      expect(stderr).toContain("(it has DNS:kubernetes, IP Address:10.0.0.10); make it anew with that name");
    });

    test("with the configuration that is there: after a roll-back the one before, of which certificates are not asked again", () => {
      const before = { ...args, servers: ["10.0.0.9:6443"] };
      host
        .file(paths.apiServerProxyConfiguration, renderApiServerProxyConfiguration(before))
        .command("openssl", certificate("DNS:kubernetes"))
        .command("curl", curl(alive).replace(apiServerProxyRevision(args), apiServerProxyRevision(before)));
      expect(run()).toMatchObject({ status: 0, stderr: "" });
    });

    test("does not take another address for its own", () => {
      host.command("curl", curl(alive)).command("openssl", certificate("DNS:x, IP Address:127.0.0.10"));
      expect(run().status).toBe(1);
    });
  });

  describe("is looked at", () => {
    const run = () => host.run(scriptText(apiServerProxyLook()), shell).stdout;

    test("and tells which API server is not alive", () => {
      host.command("curl", curl(alive));
      expect(run()).toBe("foreign|API server 10.0.0.11:6443 is DOWN (L4CON: Connection refused)\n");
    });

    test("and has a fault where it runs with something else, none where it does not run", () => {
      host.command("curl", "exit 22");
      expect(run()).toBe("fault|kube-apiserver-proxy does not run with the configuration that is written\n");
      host.units("inactive");
      expect(run()).toBe("");
    });
  });

  describe("is refused before", () => {
    let close: () => void;
    beforeEach(async () => {
      close = await makeFit(host);
      host.command("haproxy");
    });
    afterEach(() => close());
    const run = (proxy: { servers: string[]; endpoint: string } | undefined = args) => {
      const modes = { kubeProxyMode: "nftables", cniMode: "bridge" } as const;
      return host.run(scriptText(preflight({ kubernetesVersion: "1.37.2", arch: "amd64", ...modes, proxy })), shell);
    };
    const taken = (port: number) =>
      host
        .file("/proc/net/tcp", tcp([port]))
        .command("ss", `echo 'LISTEN 0 4096 *:${port} *:* users:(("nginx",pid=1,fd=3))'`);

    test.each([8443, 8404])("where another process has port %d", (port) => {
      taken(port);
      expect(run().stderr).toContain(`port ${port} is in use by nginx: must be free for kube-apiserver-proxy;`);
      host.delete("/bin/ss");
    });

    test("not where it is its own, or is not wanted", () => {
      taken(8443);
      expect(run({ ...args, endpoint: "https://127.0.0.1:7443" }).status).toBe(0);
      host.command("systemctl", "case $* in *kube-apiserver-proxy) ;; *) exit 3 ;; esac");
      expect(run().status).toBe(0);
    });

    test("where an API server shows a certificate without its name, and not where it shows none", () => {
      host.command("openssl", certificate("DNS:kubernetes"));
      expect(run().stderr).toContain(
        "the certificate of the API server 10.0.0.11:6443 is for DNS:kubernetes: must have IP Address:127.0.0.1,",
      );
      host.command("openssl", "exit 1");
      expect(run().status).toBe(0);
    });

    test("where a drop-in would run something else", () => {
      host.file("/etc/systemd/system/kube-apiserver-proxy.service.d/x.conf", "[Service]\nExecStart=/bin/x\n");
      expect(run().stderr).toContain("a drop-in that replaces ExecStart of kube-apiserver-proxy.service");
    });
  });
});
