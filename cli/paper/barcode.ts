import bwip from "bwip-js/node";

/** A dark rectangle of a barcode, in modules from its top left corner, quiet zone included. */
export interface Bar {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A barcode as what has to be printed black, whatever prints it. */
export interface Barcode {
  /** In modules, with the quiet zone that the symbology wants on all sides. */
  readonly width: number;
  readonly height: number;
  readonly bars: readonly Bar[];
}

/** ISO/IEC 15417: ten modules on both sides of a Code 128. */
const quietModules128 = 10;
/** ISO/IEC 18004: four modules around a QR code. */
const quietModulesQr = 4;

/** Code 128 as one row; it is stretched to whatever height there is. */
export function code128(text: string): Barcode {
  const [symbol] = bwip.raw("code128", text, "");
  if (symbol === undefined || !("sbs" in symbol)) throw new Error(`no Code 128 of ${text}`);
  const bars: Bar[] = [];
  let x = quietModules128;
  for (const [index, width] of symbol.sbs.entries()) {
    if (index % 2 === 0) bars.push({ x, y: 0, width, height: 1 });
    x += width;
  }
  return { width: x + quietModules128, height: 1, bars };
}

/** QR code, level M: a sheet at a counter is scratched and stained. */
export function qrCode(text: string): Barcode {
  const [symbol] = bwip.raw("qrcode", text, "eclevel=M");
  if (symbol === undefined || !("pixs" in symbol)) throw new Error(`no QR code of ${text}`);
  const { pixs, pixx, pixy } = symbol;
  const bars: Bar[] = [];
  for (let y = 0; y < pixy; y++) {
    for (let x = 0; x < pixx; x++) {
      if (pixs[y * pixx + x] !== 1) continue;
      const before = bars.at(-1);
      // Neighbours in a row are one rectangle, so that no printer leaves a seam between them.
      if (before?.y === y + quietModulesQr && before.x + before.width === x + quietModulesQr) {
        bars[bars.length - 1] = { ...before, width: before.width + 1 };
      } else bars.push({ x: x + quietModulesQr, y: y + quietModulesQr, width: 1, height: 1 });
    }
  }
  return { width: pixx + 2 * quietModulesQr, height: pixy + 2 * quietModulesQr, bars };
}

/** As an SVG picture that fills whatever it stands in. */
export function svgOf(barcode: Barcode, name: string): string {
  const { width, height, bars } = barcode;
  const path = bars.map((bar) => `M${bar.x} ${bar.y}h${bar.width}v${bar.height}h-${bar.width}z`).join("");
  return (
    `<svg class="${name}" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" ` +
    `shape-rendering="crispEdges"><path d="${path}"/></svg>`
  );
}
