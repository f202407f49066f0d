/** What a question must not change in any device: what is set, zeroed, printed or written to flash. */
const lasting =
  /^(zero|tare|tickets|elements|powerWrites|writes|parameters|settings|powerDbm|address|workAntenna|region)$/i;

/** All of it in a simulator's state, however deep it lies, as lines that can be compared. */
export function lastingIn(state: unknown, path = ""): string[] {
  if (typeof state !== "object" || state === null) return [];
  return Object.entries(state).flatMap(([name, value]) =>
    lasting.test(name) ? [`${path}${name} ${wordOf(value)}`] : lastingIn(value, `${path}${name}.`),
  );
}

const wordOf = (value: unknown): string => JSON.stringify(value instanceof Map ? [...value] : value);
