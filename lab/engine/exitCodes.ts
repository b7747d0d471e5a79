/** The CLI's exit codes, as far as they apply. Source: sdk/go/common/util/cmdutil/exit.go. */
export const exitCodes = { success: 0, error: 1, configuration: 2, unexpectedChanges: 7, cancelled: 8 } as const;
