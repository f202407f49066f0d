import type { Clock } from "../../protocols/clock.ts";

/** What a door lets in. */
export interface DoorLimits {
  readonly connectionsMax: number;
  readonly connectionsPerAddressMax: number;
  readonly connectsPerSecond: number;
  readonly connectsBurst: number;
  readonly addressesMax: number;
}

/** A connection as the door sees it. */
export interface Guest {
  readonly address: string;
  /** Whether it has done anything yet that the broker is there for. */
  readonly isUseful: boolean;
  /** Shows it out. */
  destroy(): void;
}

interface Host {
  guests: number;
  /** Connects that it may still make at once. */
  connects: number;
  atMs: number;
}

/**
 * Who may come in. A host has its share of the places and comes as often as an agent would. When all places
 * are taken, the one who has been sitting there longest without doing anything goes.
 */
export class Door {
  readonly #clock: Clock;
  readonly #limits: DoorLimits;
  /** In the order in which they came. */
  readonly #guests = new Set<Guest>();
  readonly #hosts = new Map<string, Host>();

  constructor(clock: Clock, limits: DoorLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  get guests(): ReadonlySet<Guest> {
    return this.#guests;
  }

  /** Whether there is a place for this one; it is taken then. */
  enter(guest: Guest): boolean {
    const host = this.#host(hostOf(guest.address));
    if (host.connects < 1) return false;
    host.connects -= 1;
    const hostIsFull = host.guests >= this.#limits.connectionsPerAddressMax;
    if (hostIsFull || this.#guests.size >= this.#limits.connectionsMax) {
      const idle = this.#longestUseless(hostIsFull ? hostOf(guest.address) : undefined);
      if (idle === undefined) return false;
      this.leave(idle);
      idle.destroy();
    }
    host.guests += 1;
    this.#guests.add(guest);
    return true;
  }

  leave(guest: Guest): void {
    if (!this.#guests.delete(guest)) return;
    this.#host(hostOf(guest.address)).guests -= 1;
  }

  #longestUseless(host: string | undefined): Guest | undefined {
    for (const guest of this.#guests) {
      if (!guest.isUseful && (host === undefined || hostOf(guest.address) === host)) return guest;
    }
    return undefined;
  }

  #host(name: string): Host {
    const nowMs = this.#clock.monotonicMs();
    const known = this.#hosts.get(name);
    if (known === undefined) {
      if (this.#hosts.size >= this.#limits.addressesMax) this.#forgetHosts();
      const host: Host = { guests: 0, connects: this.#limits.connectsBurst, atMs: nowMs };
      this.#hosts.set(name, host);
      return host;
    }
    const grown = known.connects + ((nowMs - known.atMs) / 1_000) * this.#limits.connectsPerSecond;
    known.connects = Math.min(this.#limits.connectsBurst, grown);
    known.atMs = nowMs;
    return known;
  }

  /** Those without a guest; a host that tried too often gets some tries back that way, which the places bound. */
  #forgetHosts(): void {
    for (const [name, { guests }] of this.#hosts) if (guests === 0) this.#hosts.delete(name);
  }
}

/** One host: an IPv4 address, or the half of an IPv6 address that it cannot choose. */
export function hostOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(":")) return address;
  return expanded(address).slice(0, 4).join(":");
}

const groupsOfIpv6 = 8;

function expanded(address: string): readonly string[] {
  const [before = "", after] = (address.split("%")[0] ?? "").split("::");
  const head = before.split(":").filter(Boolean);
  const tail = (after ?? "").split(":").filter(Boolean);
  const zeros = Array.from({ length: Math.max(0, groupsOfIpv6 - head.length - tail.length) }, () => "0");
  return after === undefined ? head : [...head, ...zeros, ...tail];
}
