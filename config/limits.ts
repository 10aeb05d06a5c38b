/**
 * Every bound of a queue, buffer, batch, window and retry, in one place, each with its unit in its name.
 * What a user may want to change is a key of config/default.yaml instead. Imports nothing.
 */
export const limits = {
  // Frames: rows on their way to ClickHouse.
  frameRowsMax: 10_000,
  /** Below the server's default max_payload of 1 MiB, with room for the headers. */
  frameBytesMax: 900_000,

  // Streams.
  /** JetStream's own window for a repeated `Nats-Msg-Id`. */
  publisherDuplicatesMs: 120_000,
  tradesAgeMsMax: 604_800_000,
  deadLettersBytesMax: 1_073_741_824,
  alertsBytesMax: 268_435_456,

  // nats-server, as started by `tidemark up`.
  natsPayloadBytesMax: 1_048_576,
  natsPendingBytesMax: 67_108_864,

  // Processes under `tidemark up`.
  childReadyMsMax: 30_000,
  childRestartsMax: 10,
  /** A child that has lived this long has its restarts forgotten. */
  childSettledMs: 60_000,
  childRestartDelayMs: 250,
  childRestartDelayMsMax: 5_000,
  /** Drained within 10 s, or killed. */
  childStopMsMax: 10_000,
  /** A role that does not end within this after its signal ends itself, before its parent kills it. */
  roleStopMsMax: 9_000,
  readinessPollMs: 20,
  portProbeMsMax: 1_000,
  childLogBytesMax: 16_777_216,

  // doctor
  doctorCheckMsMax: 5_000,
  /** Below this much free space in the data directory `doctor` says so. */
  freeDiskBytesMin: 1_073_741_824,
} as const;
