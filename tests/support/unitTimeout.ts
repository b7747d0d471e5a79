/**
 * Of one test or hook, in milliseconds. Jest's five seconds are too few on a busy machine of two cores for a test that
 * starts processes; a hang still ends. Jest heeds no `testTimeout` of a project.
 */
jest.setTimeout(60_000);
