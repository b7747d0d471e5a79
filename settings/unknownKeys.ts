import { nearest } from "../render/nearest";
import { fieldsOf, listOf, type Finding, type Path } from "./finding";
import { knownFields } from "./schema";

/**
 * A finding for each key that no object of the configuration has, with the known key it resembles.
 *
 * The overrides (kubeletConfiguration and so on) are not looked into: their rules are those of the rendered file.
 */
export function unknownKeyFindings(raw: Record<string, unknown>): Finding[] {
  const hosts = listOf(raw["hosts"]).flatMap((host, index) => unknownIn(["hosts", index], host, knownFields.host));
  const binaries = Object.entries(fieldsOf(raw["binaries"])).flatMap(([arch, files]) =>
    knownFields.binaries.includes(arch) ? unknownInArch(["binaries", arch], files) : [],
  );
  return [
    ...unknownIn([], raw, knownFields.settings),
    ...hosts,
    ...unknownIn(["binaries"], raw["binaries"], knownFields.binaries),
    ...binaries,
  ];
}

function unknownInArch(path: Path, files: unknown): Finding[] {
  const inFiles = Object.entries(fieldsOf(files)).flatMap(([name, file]) =>
    knownFields.archBinaries.includes(name) ? unknownIn([...path, name], file, knownFields.binary) : [],
  );
  return [...unknownIn(path, files, knownFields.archBinaries), ...inFiles];
}

function unknownIn(path: Path, value: unknown, known: readonly string[]): Finding[] {
  const unknown = Object.keys(fieldsOf(value)).filter((key) => !known.includes(key));
  return unknown.map((key) => {
    const near = nearest(key, known);
    const fix = near === undefined ? `remove it; the keys here are ${known.join(", ")}` : `did you mean "${near}"?`;
    return { path: [...path, key], fault: `is not a known key; ${fix}`, hidden: true };
  });
}
