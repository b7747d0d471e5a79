import { asDigest, digestOf, seal, unknownValue, unseal } from "../../base/sealed";
import { sha256 } from "../../base/sha256";

const hex = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

test("a text's digest stands for it and says nothing of it", () => {
  expect(digestOf("hello")).toBe(`[sha256 ${hex.slice(0, 32)}]`);
  expect(asDigest(hex)).toBe(digestOf("hello"));
  expect(sha256("hello")).toBe(hex);
});

test("a digest, and a value that is not known yet, stay as they are", () => {
  expect(digestOf(digestOf("hello"))).toBe(digestOf("hello"));
  expect([digestOf(unknownValue), seal(unknownValue), unseal(unknownValue)]).toEqual(Array(3).fill(unknownValue));
});

test("the digest of a state of before, which was twice as long, is the same one", () => {
  expect(digestOf(`[sha256 ${hex}]`)).toBe(digestOf("hello"));
  seal("hello");
  expect(unseal(`[sha256 ${hex}]`)).toBe("hello");
});

test("what was sealed here can be unsealed, what was not is refused, and any other text is itself", () => {
  expect(unseal(seal("a secret"))).toBe("a secret");
  expect(unseal("plain")).toBe("plain");
  expect(() => unseal(digestOf("of another process"))).toThrow("has not been given");
});
