/** Makes assertions; where one fails, its message also has what else there is to know. */
export function explained(details: string, assertions: () => void): void {
  try {
    assertions();
  } catch (error) {
    throw new Error(`${String(error)}\n\n${details}`, { cause: error });
  }
}
