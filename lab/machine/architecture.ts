export type Architecture = "amd64" | "arm64";

/** Architecture of this machine in Go's words, which are also those of the releases. */
export function architecture(): Architecture {
  return process.arch === "arm64" ? "arm64" : "amd64";
}
