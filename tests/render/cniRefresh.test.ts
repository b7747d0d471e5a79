import { cniConflistRefreshScript, paths, renderCniConflistTemplate } from "../../render";
import { Sandbox, shells } from "../support/sandbox";

describe.each(shells)("the pods' network under %s", (_name, shell) => {
  let host: Sandbox;
  beforeEach(() => {
    host = new Sandbox();
  });
  afterEach(() => host.remove());

  describe("cniConflistRefreshScript", () => {
    const template = (mtu: number, ipFamilies = 1) =>
      renderCniConflistTemplate({ ipFamilies, kubeProxyMode: "nftables", mtu });
    const rendered = (mtu: number) => template(mtu).replace("{{index .PodCIDRRanges 0}}", "10.2.3.0/24");

    test("renders a changed template with the ranges that are there", () => {
      host.file(paths.cniTemplate, template(1400)).file(paths.cniConflist, rendered(1500));
      expect(host.run(cniConflistRefreshScript(), shell)).toMatchObject({ status: 0, stderr: "" });
      expect(host.read(paths.cniConflist)).toBe(rendered(1400));
      expect(host.list(paths.cniConfDirectory)).toEqual(["10-containerd-net.conflist"]);
    });

    test("does nothing before containerd wrote the first one", () => {
      host.file(paths.cniTemplate, template(1400)).directory(paths.cniConfDirectory);
      expect(host.run(cniConflistRefreshScript(), shell).status).toBe(0);
      expect(host.list(paths.cniConfDirectory)).toEqual([]);
    });

    test("leaves it to containerd where the template asks for a range more", () => {
      host.file(paths.cniTemplate, template(1400, 2)).file(paths.cniConflist, rendered(1500));
      expect(host.run(cniConflistRefreshScript(), shell).status).toBe(0);
      expect(host.list(paths.cniConfDirectory)).toEqual([]);
    });
  });
});
