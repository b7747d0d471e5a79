import { createHash } from "node:crypto";
import { certificateDigests } from "../../base/certificateDigests";
import { bundledText } from "../../host/scriptText";
import { pemOf } from "../support/certificates";
import { Sandbox, shells } from "../support/sandbox";

const digest = (text: string) => createHash("sha256").update(text).digest("hex");
const long = "a certificate that is longer than one line of base64 is, so that it has several of them";

test.each([
  ["one", pemOf("one"), [digest("one")]],
  ["two with text around them", `# first\n${pemOf(long)}\n# second\n${pemOf("two")}`, [digest(long), digest("two")]],
  ["other line ends", pemOf(long).replaceAll("\n", "\r\n"), [digest(long)]],
  ["another kind", pemOf("one").replaceAll("CERTIFICATE", "PRIVATE KEY"), []],
  ["none", "CA", []],
])("certificates of a PEM text, here and on a host: %s", (_case, pem, expected) => {
  expect(certificateDigests(pem)).toEqual(expected);
  const host = new Sandbox().file("/etc/ca.pem", pem);
  const script = `${bundledText("base/scripts/prelude.sh")}${bundledText("render/scripts/certificates.sh")}certificate_digests </etc/ca.pem\n`;
  for (const [, shell = ""] of shells) {
    expect(host.run(script, shell).stdout).toBe(expected.map((line) => `${line}\n`).join(""));
  }
  host.remove();
});
