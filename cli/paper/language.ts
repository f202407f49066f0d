/** What paper is written in; in `both`, Chinese stands before English. */
export const paperLanguages = ["both", "zh", "en"] as const;
export type PaperLanguage = (typeof paperLanguages)[number];

/** The same words in both languages. */
export interface Words {
  readonly chinese: string;
  readonly english: string;
}

/** The lines to show in these languages. */
export function linesOf(words: Words, language: PaperLanguage): readonly string[] {
  return { both: [words.chinese, words.english], zh: [words.chinese], en: [words.english] }[language];
}

/** All of them in one line. */
export const joined = (words: Words, language: PaperLanguage): string => linesOf(words, language).join(" / ");
