/** The plugins that have a stand-in, by Pulumi package name. */
export const standInNames: string[] = ["command", "kubernetes", "tls"];
