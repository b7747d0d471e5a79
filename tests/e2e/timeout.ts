/** Of one test or hook, in milliseconds: a run of the program takes minutes. Jest heeds no `testTimeout` of a project. */
jest.setTimeout(600_000);
