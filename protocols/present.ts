/** Fields without those that are undefined. */
type Present<Fields> = { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };

/** The fields of which a value is known: an absent field and one that says undefined are not the same. */
export function present<Fields extends object>(fields: Fields): Present<Fields> {
  const known: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) known[name] = value;
  return known as Present<Fields>;
}
