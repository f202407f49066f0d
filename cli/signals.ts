/**
 * The first SIGTERM or SIGINT from now on; a second one ends the process, whatever it is doing. Asked for
 * before a start, so that a signal during the start is not a kill.
 */
export function firstSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const signals = ["SIGTERM", "SIGINT"] as const;
    const take = (signal: NodeJS.Signals): void => {
      for (const each of signals) process.off(each, take);
      resolve(signal);
    };
    for (const each of signals) process.on(each, take);
  });
}
