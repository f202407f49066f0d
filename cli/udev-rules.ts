import type { KnownUsbIdentity } from "../drivers/catalog.ts";

/** What the rules need of drivers/catalog.ts: by the name of the driver, the identities of its devices. */
export type UsbFamilies = Readonly<Record<string, { readonly usb: readonly KnownUsbIdentity[] }>>;

const head = `# Made from drivers/catalog.ts; do not change by hand.
# Lets group dialout open the store's devices, shows them to systemd, and keeps ModemManager from
# talking AT commands to scales. Goes to /usr/lib/udev/rules.d or /etc/udev/rules.d, then:
#   udevadm control --reload && udevadm trigger

ACTION=="remove", GOTO="storewire_end"

# Debian gives GPIO chips to root alone, Raspberry Pi OS to this group.
SUBSYSTEM=="gpio", KERNEL=="gpiochip*", MODE="0660", GROUP="gpio"
`;

/** The udev rules for all USB identities of the catalog, each once, however many families share an adapter. */
export function udevRules(families: UsbFamilies): string {
  const drivers = new Map<string, { readonly identity: KnownUsbIdentity; readonly names: string[] }>();
  for (const [driver, { usb }] of Object.entries(families)) {
    for (const identity of usb) {
      const key = `${identity.vendor}:${identity.product}`;
      const known = drivers.get(key) ?? { identity, names: [] };
      known.names.push(driver);
      drivers.set(key, known);
    }
  }
  const rules = [...drivers]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([, { identity, names }]) => ruleOf(identity, names));
  return `${head}\n${rules.join("\n")}\nLABEL="storewire_end"\n`;
}

function ruleOf({ vendor, product, name, types }: KnownUsbIdentity, drivers: readonly string[]): string {
  const matching = (attribute: string): string =>
    `${attribute}{idVendor}=="${vendor}", ${attribute}{idProduct}=="${product}"`;
  return [
    `# ${name}: ${drivers.join(", ")}`,
    `SUBSYSTEM=="usb", ${matching("ATTR")}, ENV{ID_MM_DEVICE_IGNORE}="1"`,
    `SUBSYSTEM=="tty|hidraw", ${matching("ATTRS")}, MODE="0660", GROUP="dialout", TAG+="systemd"`,
    // Read through hidraw it still is; the console and every other program hear nothing of it.
    ...(types === true
      ? [`SUBSYSTEM=="input", KERNEL=="input*", ${matching("ATTRS")}, ATTR{inhibited}="1"`]
      : []),
    "",
  ].join("\n");
}
