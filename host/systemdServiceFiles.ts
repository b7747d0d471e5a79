import { assertSafePath } from "./files";
import type { FileMap } from "./files";
import type { SystemdServiceInputs } from "./systemdService";

/** Where a unit of ours is written: local units belong in /etc, /usr/lib is the packages' (systemd.unit(5)). */
export function unitPath(unitName: string): string {
  return assertSafePath(`/etc/systemd/system/${unitName}`);
}

/** Every file of the service, the unit first. kube-bench 4.1.1 wants the unit readable by root only. */
export function serviceFiles(inputs: SystemdServiceInputs): FileMap {
  const unit: FileMap =
    inputs.unit === undefined ? {} : { [unitPath(inputs.unitName)]: { content: inputs.unit, mode: "0600" } };
  return { ...unit, ...inputs.files, ...inputs.secretFiles };
}

/** A service's inputs with a change of its files. */
export function withFiles<Inputs extends SystemdServiceInputs>(
  inputs: Inputs,
  change: <Files extends FileMap | undefined>(files: Files) => Files,
): Inputs {
  const { files, secretFiles } = inputs;
  return {
    ...inputs,
    ...(files !== undefined && { files: change(files) }),
    ...(secretFiles !== undefined && { secretFiles: change(secretFiles) }),
  };
}

/** Every path that the service writes. */
export function managedPaths(inputs: SystemdServiceInputs): string[] {
  return Object.keys(serviceFiles(inputs)).map(assertSafePath);
}
