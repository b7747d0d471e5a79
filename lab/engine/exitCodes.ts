/**
 * The CLI's exit codes, as far as they apply; `cancelled` is for an operation ended at once by a second Ctrl-C.
 * Source: sdk/go/common/util/cmdutil/exit.go.
 */
export const exitCodes = { success: 0, error: 1, unexpectedChanges: 7, cancelled: 8 } as const;
