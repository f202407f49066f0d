import { fromHex } from "../../stream/bytes.ts";
import type { ContentOf, MagicrfContent } from "./content.ts";
import { tagCrcOf } from "./content.ts";
import type { MagicrfFrame } from "./frame.ts";

/** Whether the tag's own CRC fits its PC and EPC. */
export function tagCrcFits({ pc, epc, tagCrc }: ContentOf<"tag">): boolean {
  return tagCrcOf(fromHex(pc + epc) ?? new Uint8Array()) === Number.parseInt(tagCrc, 16);
}

/** What is said of the content under the names of the published vectors. */
const described: {
  readonly [Kind in MagicrfContent["kind"]]: (content: ContentOf<Kind>) => Record<string, unknown>;
} = {
  tag: (content) => {
    const { rssiDbm, pc, epc, tagCrc } = content;
    return { event: "tag", rssiDbm, pc, epc, tagCrc, tagCrcOk: tagCrcFits(content) };
  },
  text: ({ text }) => ({ text }),
  power: ({ centiDbm }) => ({ powerDbm: centiDbm / 100 }),
  failure: ({ error, tag }) => ({ event: "error", error, ...tag }),
  words: ({ tag, words }) => ({ ...tag, data: words }),
  status: ({ tag, status }) => ({ ...tag, status }),
  data: () => ({}),
};

function describeContent<Kind extends MagicrfContent["kind"]>(
  content: ContentOf<Kind>,
): Record<string, unknown> {
  return described[content.kind](content);
}

export function describeMagicrf({ type, command, content }: MagicrfFrame): Record<string, unknown> {
  return { type, command: command.toString(16).padStart(2, "0"), ...describeContent(content) };
}
