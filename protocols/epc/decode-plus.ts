import type { Decoded } from "../codec.ts";
import { decoded, refused } from "../codec.ts";
import { lintValue } from "../gs1/component.ts";
import { dictionary } from "../gs1/dictionary.ts";
import type { ElementString } from "../gs1/digital-link-uri.ts";
import { digitalLinkUri } from "../gs1/digital-link-uri.ts";
import type { Epc } from "./epc.ts";
import type { Bits } from "./fields.ts";
import { zerosBehind } from "./fields.ts";
import type { PlusScheme } from "./plus-schemes.ts";
import { dateBits, readDate } from "./plus-schemes.ts";

/** Header, the toggle that more data follow behind the EPC, and the filter value. */
const leadBits = 8 + 1 + 3;

/** These tags hold no length of the company prefix, so they have a Digital Link but no EPC URN. */
export function decodePlus(scheme: PlusScheme, tagBits: Bits): Decoded<Epc> {
  const bits = tagBits + zerosBehind;
  const attributes: ElementString[] = [];
  let offset = leadBits;
  if (scheme.dated === true) {
    const date = readDate(bits.slice(offset));
    if (typeof date === "string") return refused("field", `${scheme.name}: ${date}`);
    attributes.push([date.ai, date.text]);
    offset += dateBits;
  }
  const elements: ElementString[] = [];
  for (const [ai, ...values] of scheme.elements) {
    let text = "";
    for (const value of values) {
      const read = value(bits.slice(offset));
      if (typeof read === "string") return refused("field", `${scheme.name}: ${read}`);
      text += read.text;
      offset += read.width;
    }
    elements.push([ai, text]);
  }
  if (offset > tagBits.length) return refused("length", `${scheme.name} is cut off`);
  const wrong = wrongElement([...elements, ...attributes]);
  if (wrong !== undefined) return refused("field", `${scheme.name}: ${wrong}`);
  return decoded({ scheme: scheme.name, digitalLink: digitalLinkUri(elements, attributes), elements });
}

function wrongElement(elements: readonly ElementString[]): string | undefined {
  for (const [ai, value] of elements) {
    const wrong = lintValue(value, dictionary.get(ai)?.components ?? []);
    if (wrong !== undefined) return `AI (${ai}): ${wrong}`;
  }
  return undefined;
}
