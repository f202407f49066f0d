/*
 * What every scale has beneath its protocol: a pan with a load that sways before it rests, a zero, a tare, a
 * display in grams or kilograms. Weights are whole numbers of the display's last digit, never fractions.
 */

export interface PlatformOptions {
  readonly unit: "g" | "kg";
  /** Digits after the point; loads are given in the last digit. */
  readonly decimals: number;
  /** The most that it weighs, in the last digit. */
  readonly capacity: number;
  /** How long a new load sways before the weight is stable. */
  readonly motionMs: number;
}

/** 30.000 kg in steps of a gram, as counter scales have it. */
export const platformDefaults: PlatformOptions = {
  unit: "kg",
  decimals: 3,
  capacity: 30_000,
  motionMs: 600,
};

export interface Platform {
  readonly load: number;
  /** What the load was before it was changed; the weight sways between the two. */
  readonly before: number;
  readonly moving: boolean;
  readonly zero: number;
  readonly tare: number;
  /** Rises with every weight told while the load moves, so that no two are alike. */
  readonly sway: number;
  /** Another unit than the one it was built for is shown. */
  readonly otherUnit: boolean;
  /** It was switched on with something on the pan that is too much for a zero. */
  readonly zeroMissing: boolean;
  readonly broken: boolean;
}

export const emptyPlatform: Platform = {
  load: 0,
  before: 0,
  moving: false,
  zero: 0,
  tare: 0,
  sway: 0,
  otherUnit: false,
  zeroMissing: false,
  broken: false,
};

export type Obstacle = "overload" | "underload" | "no-zero" | "error";

/** What the display shows at one moment. */
export interface Shown {
  readonly obstacle: Obstacle | undefined;
  /** Net, in the last digit. */
  readonly digits: number;
  readonly tareDigits: number;
  readonly unit: "g" | "kg";
  readonly decimals: number;
  readonly stable: boolean;
  readonly net: boolean;
  readonly atZero: boolean;
  /** Told because of the print key. */
  readonly printed: boolean;
}

/** Zero can be set within 2 % of the capacity (OIML R 76). */
const zeroRange = 0.02;
/** Underload begins below 20 last digits under zero. */
const underloadDigits = -20;
/** A thousand grams are a kilogram, so the point moves by three digits. */
const digitsBetweenUnits = 3;

export function show(platform: Platform, options: PlatformOptions): Shown {
  const digits = grossOf(platform) - platform.tare;
  return {
    obstacle: obstacleOf(platform, options),
    digits,
    tareDigits: platform.tare,
    ...display(platform, options),
    stable: !platform.moving,
    net: platform.tare !== 0,
    atZero: grossOf(platform) === 0,
    printed: false,
  };
}

function display(
  { otherUnit }: Platform,
  { unit, decimals }: PlatformOptions,
): Pick<Shown, "unit" | "decimals"> {
  if (!otherUnit) return { unit, decimals };
  return unit === "kg"
    ? { unit: "g", decimals: Math.max(0, decimals - digitsBetweenUnits) }
    : { unit: "kg", decimals: decimals + digitsBetweenUnits };
}

export const grossOf = (platform: Platform): number => shownLoad(platform) - platform.zero;

function obstacleOf(platform: Platform, { capacity }: PlatformOptions): Obstacle | undefined {
  if (platform.broken) return "error";
  if (platform.zeroMissing) return "no-zero";
  if (grossOf(platform) > capacity) return "overload";
  return grossOf(platform) < underloadDigits ? "underload" : undefined;
}

/** A moving load is seen on its way from the old weight to the new one, a little further each time. */
function shownLoad({ moving, before, load, sway }: Platform): number {
  if (!moving) return load;
  const tenths = 3 + (sway % 7);
  return before + Math.trunc(((load - before) * tenths) / 10);
}

/** Another load lies on the pan, and sways. */
export const loaded = (platform: Platform, load: number): Platform => ({
  ...platform,
  before: shownLoad(platform),
  load,
  moving: true,
});

export const atRest = (platform: Platform): Platform => ({
  ...platform,
  moving: false,
  before: platform.load,
});

export const swayed = (platform: Platform): Platform => ({ ...platform, sway: platform.sway + 1 });

const isInZeroRange = (load: number, { capacity }: PlatformOptions): boolean =>
  Math.abs(load) <= capacity * zeroRange;

/** Undefined when the load moves or is too far from the zero that the scale was built with. */
export function zeroed(platform: Platform, options: PlatformOptions): Platform | undefined {
  if (platform.moving || !isInZeroRange(platform.load, options)) return undefined;
  return { ...platform, zero: platform.load, tare: 0, zeroMissing: false };
}

/** Undefined when the load moves or there is no weight. */
export function tared(platform: Platform, options: PlatformOptions): Platform | undefined {
  if (platform.moving || obstacleOf(platform, options) !== undefined) return undefined;
  return { ...platform, tare: grossOf(platform) };
}

export type ScaleKey = "tare" | "zero" | "clear-tare";

/** A key of the scale: what it cannot do now it does not. */
export function pressed(platform: Platform, key: ScaleKey | "unit", options: PlatformOptions): Platform {
  switch (key) {
    case "tare":
      return tared(platform, options) ?? platform;
    case "zero":
      return zeroed(platform, options) ?? platform;
    case "clear-tare":
      return { ...platform, tare: 0 };
    case "unit":
      return { ...platform, otherUnit: !platform.otherUnit };
  }
}

/** Power comes back: tare, zero and the chosen unit are forgotten. */
export const poweredUp = ({ load }: Platform, options: PlatformOptions): Platform => ({
  ...emptyPlatform,
  load,
  before: load,
  zeroMissing: !isInZeroRange(load, options),
});

/** Digits as the decimal that the display shows, by whole numbers only. */
export function formatDigits(digits: number, decimals: number): string {
  const sign = digits < 0 ? "-" : "";
  const figures = String(Math.abs(digits)).padStart(decimals + 1, "0");
  const whole = figures.slice(0, figures.length - decimals);
  return decimals === 0 ? `${sign}${whole}` : `${sign}${whole}.${figures.slice(-decimals)}`;
}

/** The weight that is shown, without its sign. */
export const magnitude = ({ digits, decimals }: Shown): string => formatDigits(Math.abs(digits), decimals);

/** The same weight with a digit that the display leaves out. */
export const finer = (shown: Shown): Shown => ({
  ...shown,
  digits: shown.digits * 10,
  tareDigits: shown.tareDigits * 10,
  decimals: shown.decimals + 1,
});
