import { kubeProxyModeFindings, kubeProxyModeWarning } from "../../base/rules/kubeProxyModeRules";

describe("kubeProxyMode ipvs", () => {
  const gate = (value: boolean) => ({ featureGates: { KubeProxyIPVS: value } });
  it.each<[string, unknown, string, boolean]>([
    ["1.34.4", {}, "", false],
    ["1.35.4", {}, "", true],
    ["1.37.2", {}, "", true],
    ["1.36.3", gate(false), "", true],
    ["1.37.2", gate(false), "is switched off by kubeProxyConfiguration.featureGates.KubeProxyIPVS", true],
    ["1.39.0", {}, "", true],
    ["1.40.0", {}, "is off by default from Kubernetes 1.40 on", true],
    ["1.42.1", gate(true), "", true],
    ["1.43.0", gate(true), "is gone from Kubernetes 1.43 on", true],
  ])("of %s with %j: %j, warned: %s", (kubernetesVersion, kubeProxyConfiguration, fault, warned) => {
    const view = { kubernetesVersion, kubeProxyMode: "ipvs", kubeProxyConfiguration };
    const findings = kubeProxyModeFindings(view);
    expect(findings.map(({ path }) => path)).toEqual(fault === "" ? [] : [["kubeProxyMode"]]);
    expect(findings[0]?.fault ?? "").toContain(fault);
    expect(kubeProxyModeWarning(view) !== undefined).toBe(warned);
  });

  it("is warned of with what to do, and no other mode is", () => {
    const view = { kubernetesVersion: "1.37.2", kubeProxyConfiguration: {} };
    expect(kubeProxyModeWarning({ ...view, kubeProxyMode: "ipvs" })).toBe(
      'kubeProxyMode "ipvs" is deprecated since Kubernetes 1.35, off by default from 1.40 and gone in 1.43; move on to "nftables", which is a change of this setting',
    );
    for (const kubeProxyMode of ["nftables", "iptables", "none", undefined])
      expect(kubeProxyModeWarning({ ...view, kubeProxyMode })).toBeUndefined();
  });
});
