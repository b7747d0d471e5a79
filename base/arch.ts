/** CPU architectures, as Go and the release downloads name them. */
export const arches = ["amd64", "arm64"] as const;

/** One of {@link arches}. */
export type Arch = (typeof arches)[number];
