/** Something that the command needs is not there, or may not be used; the message says what. */
export class UnavailableError extends Error {}
