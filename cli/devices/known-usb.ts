import { families, type KnownUsbIdentity } from "../../drivers/catalog.ts";
import type { DriverName } from "../../protocols/config/devices.ts";
import type { TransportKind } from "../../protocols/config/transport.ts";

export interface KnownDevice {
  readonly driver: DriverName;
  readonly name: string;
}

/** What the catalog knows this USB device as, on this kind of transport; a bridge chip says only that something is there. */
export function knownByUsb(
  usb: { readonly vendor: string; readonly product: string },
  kind: TransportKind,
): { readonly devices: readonly KnownDevice[]; readonly bridge?: string } {
  const names = Object.keys(families) as DriverName[];
  const fitting = names.flatMap((driver) =>
    families[driver].driver.transports.includes(kind)
      ? families[driver].usb
          .filter((identity) => fits(identity, usb))
          .map((identity) => ({ driver, identity }))
      : [],
  );
  const bridge = fitting.find(({ identity }) => identity.bridge === true)?.identity.name;
  const devices = fitting
    .filter(({ identity }) => identity.bridge !== true)
    // An identity without `?` says more than one with them.
    .toSorted((left, right) => joker(left.identity) - joker(right.identity))
    .map(({ driver, identity }) => ({ driver, name: identity.name }));
  return { devices, ...(bridge === undefined ? {} : { bridge }) };
}

const joker = ({ product }: KnownUsbIdentity): number => product.split("?").length;

const fits = (
  identity: KnownUsbIdentity,
  usb: { readonly vendor: string; readonly product: string },
): boolean =>
  identity.vendor === usb.vendor &&
  new RegExp(`^${identity.product.replaceAll("?", ".")}$`).test(usb.product);
