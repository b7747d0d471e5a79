const variable = "KWN_BENCH";
const value = String(process.pid);

/** In the environment of everything that this process starts: by it the processes of tools are told from others, and ended. */
export const benchMark: [variable: string, value: string] = [variable, value];

/** To be called before anything is started. */
export function markEnvironment(): void {
  process.env[variable] = value;
}
