/** How many calls were begun and how many have come back, with or without an error. */
export class CallLedger {
  begun = 0;
  settled = 0;

  /** Calls that have not come back. */
  get open(): number {
    return this.begun - this.settled;
  }
}

/** The same object to whoever uses it, while the named methods, which return promises, are written down. */
export function watchCalls<Target extends object>(
  target: Target,
  ledgers: { readonly [Name in keyof Target]?: CallLedger },
): Target {
  return new Proxy(target, {
    get(watched, name) {
      // The object itself is the receiver, for its private fields are on no proxy of it.
      const value: unknown = Reflect.get(watched, name, watched);
      if (typeof value !== "function") return value;
      const ledger = ledgers[name as keyof Target];
      if (ledger === undefined) return value.bind(watched) as unknown;
      return (...parameters: unknown[]) => written(ledger, () => Reflect.apply(value, watched, parameters));
    },
  });
}

/** What `call` returns, or throws; nobody waits longer for it than without. */
function written(ledger: CallLedger, call: () => unknown): unknown {
  ledger.begun += 1;
  const settle = (): void => {
    ledger.settled += 1;
  };
  try {
    const result = call();
    Promise.resolve(result).then(settle, settle);
    return result;
  } catch (error) {
    settle();
    throw error;
  }
}
