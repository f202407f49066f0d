/** What the named groups of a pattern hold; a group that took no part holds nothing. */
export type Fields = (name: string) => string;

export function fieldsOf(pattern: RegExp, text: string): Fields | undefined {
  const match = pattern.exec(text);
  return match === null ? undefined : (name) => match.groups?.[name] ?? "";
}
