export { loadSettings, type StackSettings } from "./loadSettings";
export { parseSettings, type ParseResult } from "./parseSettings";
export type * from "./settings";
