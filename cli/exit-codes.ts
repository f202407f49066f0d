/** Exit codes of the `storewire` command, after sysexits.h where it has a word for it. */
export const exitCodes = {
  done: 0,
  /** The command ran and its answer is no: something was lost, a check failed. */
  failed: 1,
  /** EX_USAGE: the words of the command line. */
  usage: 64,
  /** EX_UNAVAILABLE: something that the command needs is not there. */
  unavailable: 69,
  /** EX_SOFTWARE: an error that nobody expected; the log has it, and starting again is safe. */
  crashed: 70,
  /** EX_TEMPFAIL: a part stood still that only a new process can help; the log names it. */
  stuck: 75,
  /** EX_CONFIG: the configuration has errors. */
  configuration: 78,
} as const;
