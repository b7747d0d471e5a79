import * as pulumi from "@pulumi/pulumi";
import { connectionInput, sealConnection, unsealConnection, withHostKey, type Connection } from "../../host/connection";

const connection = { host: "10.0.0.11", hostKey: "ssh-ed25519 AAAA", password: "x" };
const secrecyOf = async (of: pulumi.Input<Connection>, key: keyof Connection): Promise<boolean> =>
  pulumi.isSecret(pulumi.output(connectionInput(of)[key]));

describe("a connection as an input", () => {
  test("has secret credentials, and the rest to be seen in a diff", async () => {
    for (const given of [connection, pulumi.output(connection), pulumi.secret(connection)]) {
      expect(await secrecyOf(given, "password")).toBe(true);
      expect(await secrecyOf(given, "host")).toBe(false);
      expect(await secrecyOf(given, "hostKey")).toBe(false);
    }
  });

  test("keeps a field secret that is so by itself", async () => {
    const { host } = connectionInput({ ...connection, host: pulumi.secret("10.0.0.11") });
    expect(await pulumi.isSecret(pulumi.output(host))).toBe(true);
  });

  test("is made once for all resources of a host", () => {
    for (const given of [{ ...connection }, pulumi.output(connection)])
      expect(connectionInput(given)).toBe(connectionInput(given));
  });

  test.each([undefined, null, ""])(
    "is refused without a hostKey (%p), by which any host would be trusted",
    (hostKey) => {
      const open = { ...connection, hostKey } as unknown as Connection;
      expect(() => connectionInput(open)).toThrow("connection to 10.0.0.11: hostKey is required");
      expect(() => withHostKey(open)).toThrow("connection to 10.0.0.11: hostKey is required");
    },
  );
});

describe("a sealed connection", () => {
  const secret = { ...connection, privateKey: "the key", privateKeyPassword: "the phrase" };

  test("has no secret in it, and is whole again in the process that sealed it", () => {
    const sealed = sealConnection(secret);
    expect(sealed).toMatchObject({ host: connection.host, hostKey: connection.hostKey });
    expect(JSON.stringify(sealed)).not.toMatch(/the key|the phrase|"x"/);
    expect(unsealConnection(sealed)).toEqual(secret);
    expect(sealConnection(sealed)).toEqual(sealed);
  });

  test("is another one for another key, and has no fields that are not given", () => {
    expect(sealConnection({ ...secret, privateKey: "other" })).not.toEqual(sealConnection(secret));
    const absent = { ...connection, privateKey: undefined, agentSocketPath: null as unknown as undefined };
    expect(Object.keys(sealConnection(absent))).toEqual(Object.keys(connection));
  });

  test("stays what it is where it is not known yet", () => {
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9" as unknown as Connection;
    expect(sealConnection(unknown)).toBe(unknown);
  });
});
