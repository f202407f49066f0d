import { z } from "zod";

/** USB identity as `lsusb` shows it, four hex digits each. */
const usbNumberWords = 'four hex digits in quotes such as "0c2e"';
const usbNumberSchema = z
  .string()
  .regex(/^[0-9a-fA-F]{4}$/, usbNumberWords)
  .toLowerCase()
  .meta({ description: usbNumberWords });
const usbSchema = z.strictObject({
  vendor: usbNumberSchema,
  product: usbNumberSchema,
  /** The device's own serial number, where it has one. */
  serial: z.string().min(1).optional(),
  /** The USB port path (udev's ID_PATH) for adapters without a serial number, such as CH340. */
  port: z.string().min(1).optional(),
});
export type UsbIdentity = z.infer<typeof usbSchema>;

/** How a serial line is set; `usual` is what counts where the configuration says nothing. */
const lineSetTo = (usual: SerialLine) =>
  z.strictObject({
    baudRate: z.number().int().min(300).max(4_000_000).default(usual.baudRate),
    dataBits: z.union([z.literal(7), z.literal(8)]).default(usual.dataBits),
    parity: z.enum(["none", "even", "odd"]).default(usual.parity),
    stopBits: z.union([z.literal(1), z.literal(2)]).default(usual.stopBits),
  });
export interface SerialLine {
  readonly baudRate: number;
  readonly dataBits: 7 | 8;
  readonly parity: "none" | "even" | "odd";
  readonly stopBits: 1 | 2;
}

const usualLine: SerialLine = { baudRate: 115_200, dataBits: 8, parity: "none", stopBits: 1 };
export const serialLineSchema = lineSetTo(usualLine);

const devicePathWords =
  "a stable path such as /dev/serial/by-id/..., /dev/serial/by-path/... or /dev/ttyAMA0; /dev/ttyUSB0 moves between starts";
const devicePathSchema = z
  .string()
  .regex(/^\/(?!dev\/tty(USB|ACM))/, devicePathWords)
  .meta({ description: devicePathWords });

const serialSetTo = (usual: SerialLine) =>
  lineSetTo(usual)
    .extend({
      kind: z.literal("serial"),
      path: devicePathSchema.optional(),
      usb: usbSchema.optional(),
      /** Lowers DTR and RTS, which opening raises: some UHF boards (Invelion's R200) do not work while they are up. */
      lowerSignals: z.boolean().optional(),
    })
    .refine((transport) => (transport.path === undefined) !== (transport.usb === undefined), {
      message: "exactly one of path and usb",
    });

const tcpSchema = z.strictObject({
  kind: z.literal("tcp"),
  host: z.string().min(1),
  port: z.number().int().min(1).max(65_535),
});

const hidSchema = z.strictObject({
  kind: z.literal("hid"),
  usb: usbSchema,
  usagePage: z.number().int().min(0).max(0xffff).optional(),
  usage: z.number().int().min(0).max(0xffff).optional(),
});

const lineSchema = z.strictObject({
  /** The chip's label, `pinctrl-bcm2711`; its number changes with the kernel. */
  chip: z.string().min(1).optional(),
  /** Offset within the chip. */
  offset: z.number().int().min(0).max(1023).optional(),
  /** The line's name in the device tree, `GPIO17`, instead of chip and offset. */
  name: z.string().min(1).optional(),
  direction: z.enum(["in", "out"]).default("in"),
  activeLow: z.boolean().default(true),
  /** The pull of an input; as it is when absent. /sys/class/gpio cannot set it. */
  bias: z.enum(["pull-up", "pull-down", "disabled"]).optional(),
  debounceMs: z.number().int().min(0).max(1000).default(20),
});
export type GpioLine = z.infer<typeof lineSchema>;

const gpioSchema = z.strictObject({ kind: z.literal("gpio"), lines: z.record(z.string(), lineSchema) });

/** A simulator in the same process, by name; for demonstrations and tests. */
const simulatedSchema = z.strictObject({ kind: z.literal("simulated"), name: z.string().min(1) });

/** For devices whose serial line is usually set in this way. */
export const transportSetTo = (usual: SerialLine) =>
  z.discriminatedUnion("kind", [serialSetTo(usual), tcpSchema, hidSchema, gpioSchema, simulatedSchema]);

export const transportSchema = transportSetTo(usualLine);
export type TransportConfig = z.infer<typeof transportSchema>;
export type TransportKind = Exclude<TransportConfig["kind"], "simulated">;
export type SerialConfig = z.infer<ReturnType<typeof serialSetTo>>;
export type TcpConfig = z.infer<typeof tcpSchema>;
export type HidConfig = z.infer<typeof hidSchema>;
export type GpioConfig = z.infer<typeof gpioSchema>;
