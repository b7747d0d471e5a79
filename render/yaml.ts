import { dump } from "js-yaml";

/**
 * A value as YAML, the same text for the same value: keys sorted, long lines left whole (certificates stay one line) and no
 * anchors, so that a diff shows what changed and nothing else.
 */
export function renderYaml(value: unknown): string {
  return dump(value, { sortKeys: true, lineWidth: -1, noRefs: true });
}
