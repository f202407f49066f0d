/** What the rules need to know of a device family: drivers/catalog.ts has it. */
export interface UsbFamily {
  readonly name: string;
  /** Four lower-case hex digits each, as `lsusb` shows them. */
  readonly usb: readonly { readonly vendor: string; readonly product: string }[];
}

const head = `# Made from drivers/catalog.ts; do not change by hand.
# Lets group dialout open the store's devices, shows them to systemd, and keeps ModemManager from
# talking AT commands to scales. Goes to /usr/lib/udev/rules.d or /etc/udev/rules.d, then:
#   udevadm control --reload && udevadm trigger

ACTION=="remove", GOTO="storewire_end"
`;

/** The udev rules for all USB identities of the catalog, each once, however many families share an adapter. */
export function udevRules(families: readonly UsbFamily[]): string {
  const identities = new Map<string, string[]>();
  for (const { name, usb } of families) {
    for (const { vendor, product } of usb) {
      const identity = `${vendor}:${product}`;
      identities.set(identity, [...(identities.get(identity) ?? []), name]);
    }
  }
  const rules = [...identities]
    .sort(([left], [right]) => left.localeCompare(right))
    .map(([identity, names]) => ruleOf(identity, names));
  return `${head}\n${rules.join("\n")}\nLABEL="storewire_end"\n`;
}

function ruleOf(identity: string, names: readonly string[]): string {
  const [vendor, product] = identity.split(":");
  const device = `ATTR{idVendor}=="${vendor}", ATTR{idProduct}=="${product}"`;
  const parent = `ATTRS{idVendor}=="${vendor}", ATTRS{idProduct}=="${product}"`;
  return [
    `# ${names.join(", ")}`,
    `SUBSYSTEM=="usb", ${device}, ENV{ID_MM_DEVICE_IGNORE}="1"`,
    `SUBSYSTEM=="tty|hidraw", ${parent}, MODE="0660", GROUP="dialout", TAG+="systemd"`,
    "",
  ].join("\n");
}
