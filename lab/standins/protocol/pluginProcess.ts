/** How often to look whether the process that started this one still lives. */
const parentCheckMilliseconds = 1000;

/**
 * Makes this process a plugin as the Pulumi CLI runs one: the port goes to standard output, alone on its line; the
 * process ends by the SIGINT that the CLI sends when it needs it no more (Ctrl-C in a terminal does not reach a plugin, which
 * the CLI puts into a process group of its own), and when its parent is gone. Source: sdk/go/common/util/cmdutil/term.go.
 */
export function serveAsPlugin(address: string): void {
  process.on("SIGINT", () => process.exit(0));
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(0);
  }, parentCheckMilliseconds).unref();
  process.stdout.write(`${address.replace(/.*:/, "")}\n`);
}
