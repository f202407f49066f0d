const quote = 34;
const backslash = 92;
const comma = 44;
const openBrace = 123;
const closeBrace = 125;
const openBracket = 91;
const closeBracket = 93;

/**
 * The texts of a JSON array's elements, as they stand there. The text must have been accepted by JSON.parse;
 * then only quotes and brackets have to be looked at.
 */
export function elementTexts(array: string): string[] {
  const elements: string[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index < array.length; index += 1) {
    const code = array.charCodeAt(index);
    if (code === quote) index = endOfString(array, index);
    depth += depthStep(code);
    if (depth === 1 && start === 0) start = index + 1;
    if (!isElementEnd(code, depth)) continue;
    elements.push(array.slice(start, index).trim());
    start = index + 1;
  }
  return elements.length === 1 && elements[0] === "" ? [] : elements;
}

function depthStep(code: number): number {
  if (code === openBrace || code === openBracket) return 1;
  return code === closeBrace || code === closeBracket ? -1 : 0;
}

const isElementEnd = (code: number, depth: number): boolean =>
  (code === comma && depth === 1) || (code === closeBracket && depth === 0);

/** The place of the quote that ends the string which begins at `start`. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end > 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end < 0 ? text.length : end;
}

function isEscaped(text: string, place: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(place - 1 - backslashes) === backslash) backslashes += 1;
  return backslashes % 2 === 1;
}
