/** A binary or archive and where it comes from. */
export interface Artifact {
  /**
   * An https URL, which the host fetches itself with curl or wget, or the path of a file on the machine that runs Pulumi,
   * relative to the program's folder, which is sent over the host's SSH connection, compressed where the host can unpack it.
   */
  source: string;
  /** Hex SHA-256 of the file; nothing else is ever put in place. */
  sha256: string;
}

/** Path on the host -> artifact. */
export type ArtifactMap = Record<string, Artifact>;

/** Whether the host fetches the artifact itself. */
export function isRemote(source: string): boolean {
  return /^https?:\/\//.test(source);
}

/** What is known of a binary on a host. */
export interface SeenBinary {
  sha256: string;
  /** Mode and owner as `stat -c '%a|%U:%G'` prints them. */
  mode: string;
}

/** Mode and owner that every binary of ours has. */
export const binaryMode = "755|root:root";

/** What the script function `report_digest` printed: path -> what is there. */
export function parseDigests(report: string): Record<string, SeenBinary> {
  const lines = report.split("\n").map((line) => line.split("|"));
  return Object.fromEntries(
    lines
      .filter(([kind]) => kind === "digest")
      .map(([, path = "", sha256 = "", ...mode]) => [path, { sha256, mode: mode.join("|") }]),
  );
}
