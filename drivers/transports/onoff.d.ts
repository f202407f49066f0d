/**
 * What we use of the optional package `onoff`. Declared here, and not taken from the package, so that
 * everything compiles on a box where it could not be installed.
 */
declare module "onoff" {
  type Direction = "in" | "out" | "high" | "low";
  type Edge = "none" | "rising" | "falling" | "both";

  export class Gpio {
    constructor(number: number, direction: Direction, edge: Edge, options: { readonly activeLow: boolean });
    readSync(): 0 | 1;
    writeSync(value: 0 | 1): void;
    watch(callback: (error: Error | null | undefined, value: 0 | 1) => void): void;
    unexport(): void;
  }
}
