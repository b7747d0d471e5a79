const units = new Map([
  ["ns", 1e-9],
  ["us", 1e-6],
  ["µs", 1e-6],
  ["ms", 1e-3],
  ["s", 1],
  ["m", 60],
  ["h", 3600],
]);

/**
 * Seconds of a duration as Go writes it ("5m", "1h30m"), in which customTimeouts are given; 0 for none.
 * @throws Error where it is not one.
 * @example parseDuration("1m30s") // 90
 */
export function parseDuration(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)];
  if (parts.map(([part]) => part).join("") !== text) {
    throw new Error(`duration ${JSON.stringify(text)} is not a number with a unit such as "30s", "5m" or "1h30m"`);
  }
  return parts.reduce((total, [, amount, unit = ""]) => total + Number(amount) * (units.get(unit) ?? 0), 0);
}
