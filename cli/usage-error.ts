/** What was typed cannot be done; the command ends with 64 and these words. */
export class UsageError extends Error {}
