import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const gadgets = "/sys/kernel/config/usb_gadget";

export interface GadgetOptions {
  readonly name: string;
  readonly vendor: string;
  readonly product: string;
  readonly serial: string;
  /** By configfs's name of the function, with its attributes. */
  readonly functions: Readonly<Record<string, Readonly<Record<string, string | Uint8Array>>>>;
}

/** A USB device that the kernel plays to itself on a bus of its own (dummy_hcd); the host's drivers bind to it. */
export interface Gadget {
  plug(): void;
  unplug(): void;
}

/** Made once for each name; a gadget that is there already is used again. */
export function makeGadget({ name, vendor, product, serial, functions }: GadgetOptions): Gadget {
  const folder = join(gadgets, name);
  const write = (path: string, value: string | Uint8Array): void => writeFileSync(join(folder, path), value);
  if (!existsSync(folder)) {
    mkdirSync(folder);
    write("idVendor", `0x${vendor}`);
    write("idProduct", `0x${product}`);
    mkdirSync(join(folder, "strings/0x409"));
    write("strings/0x409/serialnumber", serial);
    mkdirSync(join(folder, "configs/c.1"));
    for (const [each, attributes] of Object.entries(functions)) {
      mkdirSync(join(folder, "functions", each));
      for (const [attribute, value] of Object.entries(attributes))
        write(`functions/${each}/${attribute}`, value);
      symlinkSync(join(folder, "functions", each), join(folder, "configs/c.1", each));
    }
  }
  return {
    plug: () => write("UDC", "dummy_udc.0"),
    unplug: () => write("UDC", "\n"),
  };
}
