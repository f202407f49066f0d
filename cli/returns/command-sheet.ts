import {
  badgeText,
  type CommandGroup,
  type CommandName,
  commandCodes,
  commandText,
} from "../../protocols/returns/command-codes.ts";
import type { Words } from "../paper/language.ts";

export interface SheetCell {
  /** What the barcodes hold. */
  readonly text: string;
  readonly words: Words;
}

/** The sheet before anybody draws it. */
export interface CommandSheet {
  readonly title: Words;
  readonly advice: Words;
  readonly sections: readonly {
    readonly title: Words;
    /** Badges hold more and take the whole width. */
    readonly wide: boolean;
    readonly cells: readonly SheetCell[];
  }[];
}

const groupTitles: Readonly<Record<CommandGroup, Words>> = {
  grade: { chinese: "检验等级", english: "What inspection found" },
  way: { chinese: "商品去向", english: "Where it goes" },
  customer: { chinese: "顾客沟通", english: "What the customer was told" },
  desk: { chinese: "柜台操作", english: "At the desk" },
};

/** All commands, in their groups, and a badge for each of these clerks; the names that no badge can hold. */
export function commandSheet(clerks: readonly string[]): {
  readonly sheet: CommandSheet;
  readonly impossible: readonly string[];
} {
  const names = Object.keys(commandCodes) as CommandName[];
  const groups = (Object.keys(groupTitles) as CommandGroup[]).map((group) => ({
    title: groupTitles[group],
    wide: false,
    cells: names.filter((name) => commandCodes[name].group === group).map(cellOf),
  }));
  const badges = clerks.map((clerk) => ({ clerk, text: badgeText(clerk) }));
  const cells = badges.flatMap(({ clerk, text }) =>
    text === undefined ? [] : [{ text, words: { chinese: `工牌 ${clerk}`, english: `I am ${clerk}` } }],
  );
  const who = { title: { chinese: "我是谁", english: "Who I am" }, wide: true, cells };
  return {
    sheet: {
      title: { chinese: "退货指令条码", english: "Commands for returned items" },
      advice: {
        chinese: "先扫描商品,再扫描指令。指令作用于同一工位最后扫描的商品。",
        english:
          "Scan the item first, then its command. A command is for the item that was scanned last at this post.",
      },
      sections: cells.length > 0 ? [...groups, who] : groups,
    },
    impossible: badges.filter(({ text }) => text === undefined).map(({ clerk }) => clerk),
  };
}

const cellOf = (name: CommandName): SheetCell => ({
  text: commandText(name),
  words: { chinese: commandCodes[name].wordsChinese, english: commandCodes[name].words },
});
