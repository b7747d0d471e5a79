import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { findCli } from "../../lab/pulumi/pulumi";
import { installStandIns } from "../../lab/standins/install";

/** Has the tests run with the Pulumi CLI; the lab's stand-ins come last on PATH, for plugins it does not find. */
export default async function setup(): Promise<void> {
  const cli = process.env["PARITY_CLI"] ?? (await findCli());
  if (cli === undefined) {
    throw new Error(
      "there is no Pulumi CLI on PATH or in ~/.pulumi/versions, and none could be downloaded; install it",
    );
  }
  const standIns = await mkdtemp(join(tmpdir(), "stand-ins-"));
  await installStandIns(standIns, undefined, join(__dirname, "../../dist/lab/standins"));
  process.env["PATH"] = [process.env["PATH"], standIns].join(delimiter);
  process.env["PARITY_CLI"] = cli;
  process.stderr.write(`Runs with ${cli}\n`);
}
