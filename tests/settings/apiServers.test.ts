import { parseSettings } from "../../settings";
import { errorsAfter, selfSigned, testConfiguration, type KeyPair } from "./testConfiguration";

let ca: KeyPair;
beforeAll(async () => {
  ca = await selfSigned(true);
});

const local = "https://127.0.0.1:8443";

/** A configuration with API servers behind a proxy of each node's own. */
function behind(apiServers: unknown, apiServerEndpoint?: string) {
  return (config: Record<string, unknown>) => Object.assign(config, { apiServers, apiServerEndpoint });
}

describe("several API servers", () => {
  it.each([
    [["10.0.0.10:6443", "10.0.0.11:6443"], undefined, local, ["10.0.0.10:6443", "10.0.0.11:6443"]],
    [["https://10.0.0.10:6443/"], `${local}/`, local, ["10.0.0.10:6443"]],
    [["HTTPS://API.Example"], "https://localhost:7443", "https://localhost:7443", ["api.example:443"]],
    [["api.example:443"], "https://[::1]:8443", "https://[::1]:8443", ["api.example:443"]],
    [["[FD00:0::10]:6443"], "https://127.0.0.2", "https://127.0.0.2", ["[fd00::10]:6443"]],
  ])("%j behind %s are asked at %s", (apiServers, endpoint, expected, servers) => {
    const config = behind(apiServers, endpoint)(testConfiguration(ca));
    const { settings, errors } = parseSettings(config);
    expect(errors).toEqual([]);
    expect(settings).toMatchObject({ apiServerEndpoint: expected, apiServers: servers });
  });

  it.each<[unknown, string | undefined, string]>([
    ["10.0.0.10:6443", undefined, 'apiServers: "10.0.0.10:6443" is not a list'],
    [["10.0.0.10"], undefined, 'apiServers[0]: "10.0.0.10" has no port; write its address and port'],
    [["fd00::10"], undefined, "apiServers[0]"],
    [["http://10.0.0.10:6443"], undefined, "does not use https"],
    [["10.0.0.10:6443/api"], undefined, "apiServers[0]"],
    [["https://10.0.0.10:6443/api"], undefined, "has a path, query or fragment"],
    [["admin:secret@10.0.0.10:6443"], undefined, "carries a user name or password"],
    [["10.0.0.10:0"], undefined, "is not written as a URL is"],
    [["10.0.0.10:66443"], undefined, "is not a URL"],
    [["10.0.0.10:6443 check"], undefined, "apiServers[0]"],
    [["10.0.0.10:6443\n  server x"], undefined, "apiServers[0]"],
    [["0.0.0.0:6443"], undefined, 'only means "any"'],
    [["127.0.0.1:6443"], undefined, "is an address of the node itself, where no API server is"],
    [["localhost:6443"], undefined, "is an address of the node itself"],
    [["[::1]:6443"], undefined, "is an address of the node itself"],
    [
      ["10.0.0.10:6443", "https://10.0.0.10:6443"],
      undefined,
      'apiServers[1]: "https://10.0.0.10:6443" is that of apiServers[0] too',
    ],
    [["10.2.0.7:6443"], undefined, "is inside clusterCIDR (10.2.0.0/16)"],
    [["10.0.0.10:6443"], "https://10.0.0.10:6443", "is not an address of the node itself"],
    [["10.0.0.10:6443"], "https://127.0.0.1:10250", "has a port that a node has other use for"],
    [["10.0.0.10:6443"], "https://127.0.0.1:8404", "has a port that a node has other use for"],
    [undefined, undefined, "apiServerEndpoint: (not set) is required; write"],
    [[], undefined, "apiServerEndpoint: (not set) is required; write"],
  ])("%j behind %j are refused", (apiServers, endpoint, expected) => {
    const errors = errorsAfter(ca, behind(apiServers, endpoint));
    expect(errors).toEqual([expect.stringContaining(expected)]);
  });

  it("are not needed for a loopback endpoint, which is then another's proxy", () => {
    const { settings } = parseSettings({ ...testConfiguration(ca), apiServerEndpoint: local });
    expect(settings).toMatchObject({ apiServerEndpoint: local });
    expect(settings?.apiServers).toBeUndefined();
  });
});
