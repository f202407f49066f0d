/** An application identifier and its value. */
export type ElementString = readonly [ai: string, value: string];

export const digitalLinkHost = "https://id.gs1.org";

/** Everything but RFC 3986's unreserved characters is escaped, so that one value has one spelling. */
const escaped = /[^A-Za-z0-9\-._~]/g;
const hasEscaped = /[^A-Za-z0-9\-._~]/;

export function escapeValue(value: string): string {
  // Most values are digits and letters, and a question is cheaper than a replacement by a function.
  return hasEscaped.test(value) ? value.replace(escaped, escapeCharacter) : value;
}

/** The canonical GS1 Digital Link URI of a primary key, its qualifiers in order, and further attributes. */
export function digitalLinkUri(
  path: readonly ElementString[],
  attributes: readonly ElementString[] = [],
  escape: (value: string) => string = escapeValue,
): string {
  let uri = digitalLinkHost;
  for (const [ai, value] of path) uri += `/${ai}/${escape(value)}`;
  attributes.forEach(([ai, value], index) => {
    uri += `${index === 0 ? "?" : "&"}${ai}=${escape(value)}`;
  });
  return uri;
}

function escapeCharacter(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}
