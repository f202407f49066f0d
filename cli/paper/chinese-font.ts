import { existsSync } from "node:fs";

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

export const chineseFontPackages = debianFonts.map((font) => font.package).join(", ");
