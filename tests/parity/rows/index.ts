import type { Row } from "../row";
import { failureRows } from "./failures";
import { optionRows } from "./options";
import { providerRows } from "./providers";
import { refreshRows } from "./refreshes";
import { replacementRows } from "./replacements";
import { secretRows } from "./secrets";
import { stepRows } from "./steps";

/** The parity table. */
export const rows: Row[] = [
  ...stepRows,
  ...replacementRows,
  ...optionRows,
  ...secretRows,
  ...refreshRows,
  ...failureRows,
  ...providerRows,
];
