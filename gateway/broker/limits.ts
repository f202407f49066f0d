/** Bounds of the store broker, each with its unit and reason. */
export const brokerLimits = {
  /** A site has a handful of agents and the laptop of a technician. */
  connectionsMax: 64,
  /** An agent needs one; a curious client gets a few more. */
  subscriptionsPerClientMax: 8,
  /** Messages that have not reached the disk yet, all clients together; beyond it clients must come again. */
  inFlightBytesMax: 32 * 1024 * 1024,
  /** A message of readings longer than this is put aside as a dead letter: 256 readings are some 100 KiB. */
  messageBytesMax: 1024 * 1024,
  /** A message longer than this is read past, and only its start is kept; any other packet ends the connection. */
  packetBytesMax: 4 * 1024 * 1024,
  /** A client that says nothing after connecting is none. */
  connectMsMax: 10_000,
  /** A client that does not read what it asked for is cut off. */
  drainMsMax: 10_000,
  /** A cable that was pulled is noticed by TCP after this silence and nine unanswered probes. */
  keepAliveProbeMs: 30_000,
  /** Half-open QoS 2 messages per client; agents use QoS 1. */
  qos2InFlightMax: 4,
} as const;
