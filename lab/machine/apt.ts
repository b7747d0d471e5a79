import { hasCommand, run, tryRun } from "./command";
import { LabError } from "./errors";

/** A program the lab needs and the Debian package that brings it. */
export interface RequiredProgram {
  program: string;
  package: string;
}

/** Installs the packages of those programs that are missing. Returns the names of the packages installed. */
export async function installMissing(programs: RequiredProgram[]): Promise<string[]> {
  const missing: RequiredProgram[] = [];
  for (const required of programs) if (!(await hasCommand(required.program))) missing.push(required);
  if (missing.length === 0) return [];
  const packages = [...new Set(missing.map((required) => required.package))];
  const programsText = missing.map((required) => required.program).join(", ");
  if (!(await hasCommand("apt-get"))) {
    throw new LabError(
      `${programsText}: not found, and this machine has no apt-get to install it with`,
      `install what Debian calls ${packages.join(" ")} and run this again`,
    );
  }
  // A machine that keeps packages' services from starting has a policy-rc.d; else Docker's own service may start here.
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const install = ["install", "--yes", "--no-install-recommends", ...packages];
  const first = await tryRun("apt-get", install, { env });
  if (first.code !== 0) {
    await tryRun("apt-get", ["update"], { env });
    await run("apt-get", install, { env }).catch((error: unknown) => {
      throw new LabError(
        `${programsText}: not found, and apt-get install ${packages.join(" ")} failed\n${String(error)}`,
        `put apt's sources right, or install ${packages.join(" ")} another way`,
      );
    });
  }
  return packages;
}
