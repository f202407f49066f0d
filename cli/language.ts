/** What technicians and clerks are told things in. */
export type Language = "en" | "zh";

export const languages: readonly Language[] = ["en", "zh"];

/** The one that was asked for, else the locale's: Chinese where LC_ALL, LC_MESSAGES or LANG say so. */
export function languageOf(
  asked: Language | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Language {
  const locale = environment["LC_ALL"] || environment["LC_MESSAGES"] || environment["LANG"] || "";
  return asked ?? (locale.startsWith("zh") ? "zh" : "en");
}
