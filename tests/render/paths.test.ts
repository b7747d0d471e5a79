import { bundledText } from "../../host/scriptText";
import { cniAddressDirectory, cniBridge, cniNetworkName, masqueradeTable, paths } from "../../render";

test("the scripts have the same paths and names as the files that are rendered", () => {
  const known: Record<string, string> = { ...paths, cniAddressDirectory, cniBridge, cniNetworkName, masqueradeTable };
  const lines = [...bundledText("render/scripts/paths.sh").matchAll(/^([a-z_]+)=(.*)$/gm)];
  const camel = (name: string) => name.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());
  const found = Object.fromEntries(lines.map(([, name = "", value]) => [camel(name), value]));
  expect(Object.keys(found).length).toBeGreaterThan(20);
  // libcni's own place, which no file of ours names.
  const { cniResults, ...ours } = found;
  expect(cniResults).toBe("/var/lib/cni/results");
  expect(ours).toEqual(Object.fromEntries(Object.keys(ours).map((name) => [name, known[name]])));
});
