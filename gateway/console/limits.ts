/** Bounds of the console, each with its unit and reason. */
export const consoleLimits = {
  /** The screens of a store, and a waiting room full of phones that look at their ticket. */
  connectionsMax: 512,
  /** Phones behind one router share an address; screens on other addresses keep room. */
  connectionsPerAddressMax: 384,
  /** Each phone that looks opens a connection of its own every few seconds. */
  connectsPerSecond: 100,
  /** All phones and screens at once, after the gateway's restart. */
  connectsBurst: 400,
  /** Hosts that the door remembers; a busy day's phones are fewer. */
  addressesMax: 4_096,
  /** A browser sends some 700 bytes of header; a cookie of ours has 140. */
  headerBytesMax: 8 * 1024,
  /** From a request's first byte to its last: two kilobytes over the worst of radios. */
  requestMsMax: 5_000,
  /** A browser closes sooner, or asks again within this time. */
  keepAliveMs: 15_000,
  /** A press has under 300 bytes, a login under 200. */
  bodyBytesMax: 2 * 1024,
  /** Of one address, so that a waiting room behind one router can look every few seconds. */
  requestsPerSecond: 60,
  /** A page and its parts are ten requests; some phones come at once. */
  requestsBurst: 400,
  /** Nobody presses faster for long. */
  pressesPerSecond: 5,
  /** A clerk who is quick, and what a screen sends again after a restart. */
  pressesBurst: 10,
  /** Presses that are on their way to disk, all screens together; the next come again. */
  pressesInFlightMax: 64,
  /** Answers that a repeated press gets word for word: more than all screens press while one of them tries again. */
  answersKept: 1_024,
  /** Screens that are told of each change: 64 counters, kiosks, boards, and a technician's laptop. */
  screensMax: 96,
  /** Screens have nothing to say over a WebSocket. */
  screenMessageBytesMax: 256,
  /** Nothing more is sent to a screen that has not read what it was sent; after this time it is cut off. */
  screenDrainMsMax: 10_000,
  /** What changes faster is shown in one go; the eye needs longer than this. */
  snapshotEveryMs: 50,
  /** What screens are told costs no more than a fifth of the gateway's time: so long a rest after each go, as a multiple of it. */
  restPerWork: 4,
  /** Without a change a screen hears this often that it is still told everything. */
  heartbeatEveryMs: 3_000,
} as const;
