import { createSalt, openCrypter } from "../../lab/engine/passphrase";

/** Salt and passphrase of Pulumi's own tests (pulumi/pulumi, pkg/secrets/passphrase/manager_test.go). */
const pulumisSalt = "v1:fozI5u6B030=:v1:F+6ZduKKd8G0/V7L:PGMFeIzwobWRKmEAzUdaQHqC5mMRIQ==";

describe("secrets of a stack", () => {
  test("a salt written by Pulumi opens with its passphrase and no other", () => {
    expect(() => openCrypter("password", pulumisSalt)).not.toThrow();
    expect(() => openCrypter("password123", pulumisSalt)).toThrow(/incorrect passphrase/);
  });

  test("what is encrypted is decrypted, each time with another nonce", () => {
    const crypter = openCrypter("p", createSalt("p"));
    const [one, other] = [crypter.encrypt("säcret\n"), crypter.encrypt("säcret\n")];
    expect(one).toMatch(/^v1:[A-Za-z0-9+/]{16}:[A-Za-z0-9+/=]+$/);
    expect(one).not.toBe(other);
    expect([crypter.decrypt(one), crypter.decrypt(other)]).toEqual(["säcret\n", "säcret\n"]);
  });

  test("an altered value is refused", () => {
    const crypter = openCrypter("password", pulumisSalt);
    const [version, nonce, sealed = ""] = crypter.encrypt("secret").split(":");
    const altered = Buffer.from(sealed, "base64");
    altered[0] = (altered[0] ?? 0) ^ 1;
    expect(() => crypter.decrypt(`${version}:${nonce}:${altered.toString("base64")}`)).toThrow();
    expect(() => crypter.decrypt("secret")).toThrow(/expected v1:/);
  });

  test.each(["", "v1:abc", "v2:fozI5u6B030=:v1:F+6ZduKKd8G0/V7L:PGMFeIzwobWRKmEAzUdaQHqC5mMRIQ=="])(
    "a malformed salt %p is refused",
    (salt) => expect(() => openCrypter("password", salt)).toThrow(/encryptionsalt: expected/),
  );
});
