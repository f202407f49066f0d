import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { GuestKind } from "./guest-image.ts";

/** The modules' source is 139 MB to fetch and seconds to build. */
const buildMsMax = 300_000;

/** A guest with USB gadgets on a bus of its own, the drivers for them, and a simulated GPIO chip. */
export const deviceGuest: GuestKind = {
  name: "devices",
  modules: [
    "configfs",
    "dummy_hcd",
    "libcomposite",
    "usb_f_acm",
    "usb_f_hid",
    "cdc-acm",
    "usbhid",
    "hid-generic",
    "evdev",
  ],
  parts: ["drivers/usb", "drivers/hid", "drivers/input", "drivers/gpio"],
  build: buildGpioSim,
};

/**
 * Debian's kernel has no gpio-sim, so it is built against Debian's headers from Debian's source; both are unpacked and
 * never installed. Nor has it irq_sim, which is linked in: `irq_to_desc` is not exported to modules, what it does is.
 */
function buildGpioSim(kernelPackage: string, work: string): readonly string[] {
  const release = kernelPackage.replace("linux-image-", "");
  const series = /^\d+\.\d+/.exec(release)?.[0] ?? "";
  const common = release.replace(/-[a-z0-9]+$/, "-common");
  const run = (command: string): void => {
    execFileSync("bash", ["-c", `set -o pipefail; ${command}`], {
      cwd: work,
      stdio: ["ignore", "ignore", "pipe"],
      timeout: buildMsMax,
    });
  };
  run(
    `apt-get download linux-headers-${release} linux-headers-${common} linux-kbuild-${series} linux-source-${series}`,
  );
  run("for package in linux-headers-*.deb linux-kbuild-*.deb; do dpkg -x $package headers; done");
  const wanted = ["drivers/gpio/gpio-sim.c", "drivers/gpio/gpiolib.h", "kernel/irq/irq_sim.c"];
  const files = wanted.map((file) => `linux-source-${series}/${file}`).join(" ");
  // Stopped as soon as all three are there: the outer tar then finds its pipe broken.
  run(
    `dpkg-deb --fsys-tarfile linux-source-*.deb | tar -xO ./usr/src/linux-source-${series}.tar.xz |
      tar -xJ --occurrence=1 --strip-components=1 ${files} || test -s ${wanted[2]}`,
  );
  run("mkdir gpio-sim && cp drivers/gpio/* kernel/irq/irq_sim.c gpio-sim");
  const interrupts = join(work, "gpio-sim/irq_sim.c");
  writeFileSync(
    interrupts,
    readFileSync(interrupts, "utf8")
      .replace("irq_to_desc(irqnum)", "irq_data_to_desc(irq_get_irq_data(irqnum))")
      .replace("#include <linux/slab.h>", "#include <linux/slab.h>\n#include <linux/irqdesc.h>"),
  );
  const makefile = "obj-m := gpio-sim-guest.o\ngpio-sim-guest-y := gpio-sim.o irq_sim.o\n";
  writeFileSync(join(work, "gpio-sim/Makefile"), makefile);
  const sources = join(work, "headers/usr/src");
  const headers = readdirSync(sources).find((name) => name === `linux-headers-${release}`) ?? "";
  run(`sed -i 's|/usr/src/|${sources}/|' ${sources}/${headers}/Makefile`);
  run(
    `make -C ${sources}/${headers} M=${work}/gpio-sim modules && strip --strip-debug gpio-sim/gpio-sim-guest.ko`,
  );
  return [join(work, "gpio-sim/gpio-sim-guest.ko")];
}
