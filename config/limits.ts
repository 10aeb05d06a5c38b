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

  // Decoding.
  /** Symbols that prices may name; a settlement's symbol is never refused. */
  symbolsMax: 1_000_000,
  /** Subjects of LEDGER whose parsed form is kept, about 100 bytes each; others are parsed every time. */
  ledgerSubjectsMax: 1_000_000,
  eventNameCharsMax: 256,
  eventNotesCharsMax: 4_096,
  settingsDepthMax: 8,

  // nats-server, as started by `tidemark up`.
  natsPayloadBytesMax: 1_048_576,
  natsPendingBytesMax: 67_108_864,
  natsMemoryStoreBytesMax: 1_073_741_824,

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
  /** The same signal once more, from the terminal and from a parent, is one. */
  signalEchoMs: 500,
  readinessPollMs: 20,
  portProbeMsMax: 1_000,
  natsGreetingCharsMax: 65_536,
  childLogBytesMax: 16_777_216,
  childLogTrimMs: 60_000,

  // doctor
  doctorCheckMsMax: 5_000,
  /** Below this much free space in the data directory `doctor` says so. */
  freeDiskBytesMin: 1_073_741_824,

  // Store: the embedded ClickHouse endpoint.
  /** Engine calls at once; fewer where libuv's pool (UV_THREADPOOL_SIZE) has fewer threads than one more than this. */
  storeEngineCallsMax: 8,
  storeEngineCallsWaitingMax: 512,
  storeEngineMemoryBytesMax: 4_294_967_296,
  storeMarkCacheBytesMax: 268_435_456,
  /** A longer body is the data of an insert and goes by way of a file. */
  storeBodyBytesInMemoryMax: 33_554_432,
  storeSpoolBytesMax: 8_589_934_592,
  /** So much of a body is looked at to find where an insert's data begins. */
  storeStatementHeadBytes: 65_536,
  /** A result that cannot leave in chunks is held whole. */
  storeBufferedResultBytesMax: 268_435_456,
  storeKeepAliveMs: 30_000,
  /** Running queries are given this long at the end, then stopped. */
  storeDrainMs: 5_000,
  storeDrainPollMs: 20,
} as const;
