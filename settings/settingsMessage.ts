import { notSet, notShown } from "./finding";
import type { SettingsError } from "./settings";

/**
 * One message for all errors: the count, then a line for each, "path: value rule; fix".
 *
 * @example
 * 1 error in the settings of stack dev:
 *   hosts[1].address: "10.0.0.300" is not an IP address or host name; write e.g. "10.0.0.30"
 */
export function settingsMessage(stack: string, errors: readonly SettingsError[]): string {
  const lines = errors.map(({ path, value, rule, fix }) => {
    const seen = value === notSet || value === notShown ? "" : `${value} `;
    return `  ${path}: ${seen}${rule}${fix === "" ? "" : `; ${fix}`}`;
  });
  const count = `${errors.length} ${errors.length === 1 ? "error" : "errors"}`;
  return [`${count} in the settings of stack ${stack}:`, ...lines].join("\n");
}
