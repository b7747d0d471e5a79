import { configure, configuredText, isConfigured, NotConfigured } from "../../base/configured";
import { digestOf, kept, seal, sealValue, unseal, unsealValue } from "../../base/sealed";

/** Has the provider be given a configuration, by keys of the project. */
const configured = (values: Record<string, string>): Promise<void> =>
  configure({ config: { get: (key) => values[key] } });
afterEach(() => configured({}));

describe("a secret that the provider's configuration has", () => {
  test("stands in inputs and outputs by its key and digest alone, and is found again", async () => {
    await configured({ sshPrivateKey: "the key", kubeconfig: "the kubeconfig" });
    expect(kept("the key")).toMatch(/^\[configured sshPrivateKey [0-9a-f]{32}\]$/);
    expect(seal("the key")).toBe(kept("the key"));
    expect([unseal(kept("the key")), unseal(kept("the kubeconfig"))]).toEqual(["the key", "the kubeconfig"]);
  });

  test("stays so however often it is sealed", async () => {
    await configured({ kubeconfig: "the kubeconfig" });
    const seen = kept("the kubeconfig");
    expect(isConfigured(seen)).toBe(true);
    expect([kept(seen), seal(seen), digestOf(seen)]).toEqual([seen, seen, seen]);
  });

  test("is the one that the configuration has now, in another process too", async () => {
    await configured({ kubeconfig: "the old one" });
    const seen = kept("the old one");
    await configured({ kubeconfig: "the new one" });
    expect(unseal(seen)).toBe("the new one");
    expect(seal("the new one")).not.toBe(seen);
  });

  test("changes its seal when the configuration has it no more, so that the outputs come to have the text", async () => {
    await configured({ kubeconfig: "the kubeconfig" });
    const before = seal("the kubeconfig");
    await configured({});
    expect(seal("the kubeconfig")).not.toBe(before);
    expect(kept("the kubeconfig")).toBe("the kubeconfig");
    expect(() => configuredText(before)).toThrow(NotConfigured);
    expect(() => unseal(before)).toThrow(/^kubeconfig was a value .* set it again/);
  });
});

describe("a secret of another place", () => {
  test("stands whole in the outputs, where no key or an empty one has it", async () => {
    await configured({ sshPrivateKey: "the key", kubeconfig: "", bootstrapToken: "the token" });
    expect([kept("of one host"), kept(""), kept("the token")]).toEqual(["of one host", "", "the token"]);
    expect(seal("of one host")).toBe(digestOf("of one host"));
  });
});

describe("a script that is sealed", () => {
  const script = { file: "render/scripts/kubeletHealth.sh", values: { timeout: 60 } };

  test("is a digest in the state and itself again in this process", () => {
    const sealed = sealValue(script);
    expect(sealed).toMatch(/^\[sha256 [0-9a-f]{32}\]$/);
    expect(unsealValue(sealed)).toEqual(script);
    expect(sealValue(sealed)).toBe(sealed);
    expect(unsealValue(script)).toEqual(script);
  });

  test("stays what it is where it or a value of it is not known yet, or is not given", () => {
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    const inPart = { ...script, values: { server: unknown } };
    expect([sealValue<unknown>(unknown), sealValue<unknown>(inPart), sealValue(undefined)]).toEqual([
      unknown,
      inPart,
      undefined,
    ]);
  });
});
