import { bundledText } from "../../host/scriptText";
import * as render from "../../render";

test("the scripts have the same paths and names as the files that are rendered", () => {
  const { cniAddressDirectory, cniBridge, cniDelegateDirectory, cniNetworkName, masqueradeTable } = render;
  const names = { cniAddressDirectory, cniBridge, cniDelegateDirectory, cniNetworkName, masqueradeTable };
  const known: Record<string, string> = { ...render.paths, ...names };
  const lines = [...bundledText("render/scripts/paths.sh").matchAll(/^([a-z_]+)=(.*)$/gm)];
  const camel = (name: string) => name.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());
  const found = Object.fromEntries(lines.map(([, name = "", value]) => [camel(name), value]));
  expect(Object.keys(found).length).toBeGreaterThan(20);
  // libcni's own place, which no file of ours names.
  const { cniResults, ...ours } = found;
  expect(cniResults).toBe("/var/lib/cni/results");
  expect(ours).toEqual(Object.fromEntries(Object.keys(ours).map((name) => [name, known[name]])));
});
