const variable = "KWN_BENCH";
const value = String(process.pid);

/** In the environment of everything that this process starts from then on: by it the processes of tools are told from others, and ended. */
export const benchMark: [variable: string, value: string] = [variable, value];

/** To be called before anything is started that belongs to the benchmark, and after the lab is up. */
export function markEnvironment(): void {
  process.env[variable] = value;
}
