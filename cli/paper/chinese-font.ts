import { existsSync } from "node:fs";
import { UnavailableError } from "../unavailable-error.ts";
import type { PaperLanguage } from "./language.ts";

/** A font file, and which of its fonts where it holds several. */
export interface FontFile {
  readonly path: string;
  readonly family?: string;
}

/** Where Debian's packages put a font that has Chinese; a PDF must carry its letters, for printers have none. */
const debianFonts: readonly (FontFile & { readonly package: string })[] = [
  {
    package: "fonts-noto-cjk",
    path: "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    family: "NotoSansCJKsc-Regular",
  },
  {
    package: "fonts-wqy-microhei",
    path: "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    family: "WenQuanYiMicroHei",
  },
  { package: "fonts-droid-fallback", path: "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf" },
];

/** The font that was named (`file` or `file#name` within a collection), or the first that the machine has. */
export function findChineseFont(named: string | undefined): FontFile | undefined {
  if (named === undefined) return debianFonts.find(({ path }) => existsSync(path));
  const [path = "", family] = named.split("#");
  if (!existsSync(path)) return undefined;
  return family === undefined ? { path } : { path, family };
}

/** The font of a PDF in this language; English alone needs none. Throws where the one that it needs is not there. */
export function fontFor(language: PaperLanguage, named: string | undefined): FontFile | undefined {
  const font = findChineseFont(named);
  if (font !== undefined || (language === "en" && named === undefined)) return font;
  throw new UnavailableError(
    `${named ?? "a font that has Chinese"} is not on this machine, and a PDF has to carry its letters; ` +
      `install one of ${debianFonts.map((each) => each.package).join(", ")}, name one with --font, or take --language en`,
  );
}
