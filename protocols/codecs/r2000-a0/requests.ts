import { closePacket } from "./packet.ts";
import { r2000Command } from "./tables.ts";

const request = (address: number, command: number, ...payload: readonly number[]): Uint8Array =>
  closePacket({ address, command, payload: Uint8Array.from(payload) });

/** One stop of a fast-switch round: the antenna (0-based) and how many inventories it gets in a row. */
export interface AntennaStay {
  readonly antenna: number;
  readonly stay: number;
}

/** In a fast-switch request any antenna above 3 means "skip this place". */
const skippedStay: AntennaStay = { antenna: 0xff, stay: 0 };
const fastSwitchPlaces = 4;

/** The bytes of everything that a driver asks of a reader; antennas are 0-based. */
export const r2000Requests = {
  /** A reader that obeys restarts without an answer. */
  reset: (address: number) => request(address, r2000Command.reset),
  getFirmware: (address: number) => request(address, r2000Command.getFirmware),
  setWorkAntenna: (address: number, antenna: number) =>
    request(address, r2000Command.setWorkAntenna, antenna),
  getWorkAntenna: (address: number) => request(address, r2000Command.getWorkAntenna),
  /** One power for all antennas; written to flash, so only when it has to change. */
  setPower: (address: number, powerDbm: number) => request(address, r2000Command.setPower, powerDbm),
  getPower: (address: number) => request(address, r2000Command.getPower),
  getRegion: (address: number) => request(address, r2000Command.getRegion),
  getTemperature: (address: number) => request(address, r2000Command.getTemperature),
  /** 0 quiet, 1 after each round, 2 at each tag. */
  setBeeper: (address: number, mode: number) => request(address, r2000Command.setBeeper, mode),
  /** `repeat` rounds on the work antenna; 255 makes the shortest round, 30 to 50 ms. */
  realTimeInventory: (address: number, repeat: number) =>
    request(address, r2000Command.realTimeInventory, repeat),
  sessionInventory: (address: number, session: number, target: number, repeat: number) =>
    request(address, r2000Command.sessionInventory, session, target, repeat),
  /** V3 form with four places; an interval of `restMs` follows each antenna. */
  fastSwitch(address: number, stays: readonly AntennaStay[], repeat: number, restMs = 0): Uint8Array {
    if (stays.length > fastSwitchPlaces) throw new Error("a fast-switch round has four places");
    const places = Array.from({ length: fastSwitchPlaces }, (_, place) => stays[place] ?? skippedStay);
    const pairs = places.flatMap(({ antenna, stay }) => [antenna, stay]);
    return request(address, r2000Command.fastSwitchInventory, ...pairs, restMs, repeat);
  },
} as const;
