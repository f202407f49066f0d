/** Bounds of the store broker, each with its unit and reason. */
export const brokerLimits = {
  /** A site has a handful of agents and the laptop of a technician. */
  connectionsMax: 64,
  /** Half of them, so that one host on the store network leaves room for the others. */
  connectionsPerAddressMax: 32,
  /** A host that comes more often is turned away at the door; each connection may do some harm before it is known. */
  connectsPerSecond: 30,
  /** All agents of a host at once, after the gateway's restart. */
  connectsBurst: 64,
  /** Hosts that the door remembers; a store's network has fewer. */
  addressesMax: 1_024,
  /** From the connection's first moment to its whole CONNECT. */
  connectMsMax: 10_000,
  /** From a packet's first byte to its last, while nobody but the client is waited for. */
  packetMsMax: 20_000,
  /** An agent needs one; a curious client gets a few more. */
  subscriptionsPerClientMax: 8,
  /** Filters of one SUBSCRIBE or UNSUBSCRIBE: beyond it, refusing them one by one is work as well. */
  filtersPerPacketMax: 64,
  /** Messages that have not reached the disk yet, all clients together; beyond it clients must come again. */
  inFlightBytesMax: 8 * 1024 * 1024,
  /** PUBLISH packets of one client that are being taken; the next are read when all of them are on disk. */
  publishesInFlightMax: 32,
  /** Of a client that nothing is known of yet; doubled each time that nothing of it was useless. */
  publishesInFlightAtFirst: 2,
  /** A longer message is put aside unread: agents send 128 KiB, and longer JSON would hold up everybody. */
  messageBytesMax: 256 * 1024,
  /** Of JSON, so that no message is long work: a reading has five levels, and some forty separators at most. */
  jsonLevelsMax: 16,
  jsonSeparatorsMax: 256 * 64,
  /** A longer PUBLISH is read past, and only its start is kept: the longest message behind the longest topic. */
  publishBytesMax: 256 * 1024 + 0xffff + 4,
  /** Any other packet ends the connection beyond this: a CONNECT and 64 filters are far below. */
  otherPacketBytesMax: 16 * 1024,
  /** Ours are 40 characters; the standard asks for 23 bytes at least (MQTT 3.1.1 section 3.1.3.1). */
  clientIdBytesMax: 256,
  /** Ours have four levels and under 100 bytes. */
  topicBytesMax: 512,
  topicLevelsMax: 16,
  /** Half-open QoS 2 messages per client, each a number; agents use QoS 1. */
  qos2InFlightMax: 1_000,
  /** A client that does not read what it is sent is cut off, after this time or beyond this backlog. */
  drainMsMax: 10_000,
  outgoingBytesMax: 1024 * 1024,
  /** A cable that was pulled is noticed by TCP after this silence and nine unanswered probes. */
  keepAliveProbeMs: 30_000,
} as const;

/** Who may make the broker work how much. A unit of work is one packet, or 4 KiB. */
export const workLimits = {
  unitBytes: 4 * 1024,
  /** What every client gets whatever the others do: live readings of a busy agent, 200 kB/s. */
  ownUnitsPerSecond: 50,
  ownUnitsBurst: 60,
  /** What all share beyond that: a spool that is emptied has 4 MB/s or 1,000 messages/s. */
  poolUnitsPerSecond: 1_000,
  poolUnitsBurst: 100,
  /** Waiting clients are looked after this often, in turn. */
  turnEveryMs: 10,
  /** On top of its bytes: what is put aside costs room on the disk and serves nobody. */
  deadLetterUnits: 10,
  /** Of such a message: three bytes make a reading that takes as long to refuse as a hundred bytes to parse. */
  refusedReadingUnits: 0.2,
  refusedSubscriptionUnits: 2,
  /** An agent has two of these a minute. */
  otherPacketUnits: 4,
  /** Debt beyond this is forgiven: ten seconds of the own share. */
  debtUnitsMax: 500,
  /** What a client may make of such useless work in the long run, and at once; beyond it is cut off. */
  uselessUnitsPerSecond: 10,
  uselessUnitsBurst: 600,
} as const;

/** Guessing passwords, per host and account. */
export const passwordLimits = {
  /** A typing error is none. */
  freeTries: 3,
  /** Wait before the next try, doubled with each one that fails, up to the longest. */
  waitMsMin: 1_000,
  waitMsMax: 300_000,
  /** After so long without a try, all is forgotten. */
  forgottenAfterMs: 900_000,
  /** Pairs of host and account remembered; the one that was wrong longest ago goes first. */
  guessersMax: 1_024,
} as const;

/** What is kept for clients between their connections, where they have a right to it; in a store none has. */
export const sessionLimits = {
  /** As many as connections. */
  sessionsMax: 64,
  /** For one client that is away. */
  queuedMessagesMax: 1_000,
  queuedBytesMax: 1024 * 1024,
  /** Topics with a retained message, each at most as long as a message. */
  retainedMax: 256,
} as const;
