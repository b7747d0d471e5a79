import { parseSettings } from "../../settings";
import { errorsAfter, selfSigned, testConfiguration, type KeyPair } from "./testConfiguration";

let ca: KeyPair;

beforeAll(async () => {
  ca = await selfSigned(true);
});

describe("the API server's endpoint", () => {
  it.each([
    // What the URL parser makes of these is seldom what another program does.
    ["https://167772161:6443", 'is not written as a URL is, which is read as "https://10.0.0.1:6443"'],
    ["https://0x0a.0.0.1:6443", 'which is read as "https://10.0.0.1:6443"'],
    ["https://010.0.0.1:6443", 'which is read as "https://8.0.0.1:6443"'],
    ["https://10.1:6443", 'which is read as "https://10.0.0.1:6443"'],
    ["https:\\\\10.0.0.1:6443", "is not written as a URL is"],
    ["https:10.0.0.1:6443", "is not written as a URL is"],
    ["https:///10.0.0.1:6443", "is not written as a URL is"],
    [" https://10.0.0.1:6443", "is not written as a URL is"],
    ["https://10.0.\t0.1:6443\n", "is not written as a URL is"],
    ["https://10.0.0.1:06443", "is not written as a URL is"],
    ["https://10.0.0.1:", "is not written as a URL is"],
    ["https://10.0.0.1:0", "is not written as a URL is"],
    ["https://10.0.0.1:6443?", "is not written as a URL is"],
    ["https://10.0.0.1:6443#", "is not written as a URL is"],
    ["https://10.0.0.1:6443/x/..", "is not written as a URL is"],
    ["https://%31%30.0.0.1:6443", "is not written as a URL is"],
    ["https://bücher.example:6443", "is not written as a URL is"],
    ["https://api_server:6443", 'names no server: "api_server" is no host name'],
    ["https://api.example.:6443", "names no server"],
    ["https://[::]:6443", "names no server"],
    ["https://[::ffff:10.0.0.1]:6443", 'in the form of an IPv6 one; write "10.0.0.1"'],
  ])("is refused as %j", (apiServerEndpoint, expected) => {
    const errors = errorsAfter(ca, (c) => Object.assign(c, { apiServerEndpoint }));
    expect(errors).toEqual([expect.stringContaining(expected)]);
  });

  it.each([
    ["https://10.231.0.1:6443/", "https://10.231.0.1:6443"],
    ["HTTPS://API.Example:443", "https://api.example"],
    ["https://[FD00:0::1]:6443", "https://[fd00::1]:6443"],
    ["https://localhost:6443", "https://localhost:6443"],
  ])("writes the endpoint %s in its one spelling", (apiServerEndpoint, expected) => {
    const { settings } = parseSettings({ ...testConfiguration(ca), apiServerEndpoint });
    expect(settings?.apiServerEndpoint).toBe(expected);
  });
});
