/** Fields without those that are undefined. */
type Present<Fields> = { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };

/** The fields of which a value is known: an absent field and one that says undefined are not the same. */
export function present<Fields extends object>(fields: Fields): Present<Fields> {
  const known: Present<Fields> = {};
  // In place of Object.entries, which makes a list of lists for each event.
  for (const name in fields)
    if (fields[name] !== undefined) (known as Record<string, unknown>)[name] = fields[name];
  return known;
}
