/**
 * Every bound of a queue, buffer, batch, window and retry, in one place, each with its unit in its name.
 * What a user may want to change is a key of config/default.yaml instead. Imports nothing but a part of itself.
 */
import { gatewayLimits } from './limits-gateway.ts';
import { trialLimits } from './limits-trials.ts';

export const limits = {
  // Frames: rows on their way to ClickHouse.
  frameRowsMax: 10_000,
  /** Below the server's default max_payload of 1 MiB, with room for the headers. */
  frameBytesMax: 900_000,

  // Engine.
  /** Ticks of the subject `ticks` that wait for LEDGER; a further one is one with the next. */
  ticksWaitingMax: 1_000,
  /** Without a tick for so long, rows of an unfinished period of the curve are written. */
  curveIdleMs: 1_000,

  /** What was not applied is remembered for who wrote it, some 200 bytes each; and what the last of the rest did, 64. */
  verdictsKeptMax: 20_000,
  verdictImpactsKept: 65_536,

  /** Rows of effects that wait for a tick of the subject `ticks` to tell their time; with so many LEDGER waits for it, too. */
  untickedRowsMax: 100_000,

  // Effect log and changelog.
  /** Effects recorded and not acknowledged, beyond which they are published without waiting for a tick. */
  effectsUnpublishedBytesMax: 4_194_304,
  /** States of accounts encoded and not yet acknowledged. */
  checkpointBatchBytesMax: 8_388_608,
  /**
   * Accounts, and pages of ids, encoded or written before whatever waits has its turn: some 0.5 ms, and as much for
   * their acknowledgements. And how long until the next ones: 10,000 accounts a second; the second where the ledger is
   * behind by so many messages, so that a pass takes its time rather than theirs.
   */
  checkpointSliceItems: 20,
  checkpointSliceMs: 1,
  checkpointSliceBusyMs: 5,
  checkpointBusyMessages: 1_000,
  checkpointMarksInChunk: 64,
  /** So long the end of an engine writes accounts of which no event is new. */
  checkpointFinishMsMax: 3_000,
  /** Accounts that take no events and are named by a checkpoint; with more of them it stays where it is. */
  checkpointHeldAccountsMax: 1_000,
  /** A changelog that a former owner still writes to is read again, so often. */
  changelogReadingsMax: 3,
  /** States of one account that may be written over while its parts are read: one a second, more at the end of its owner. */
  changelogHeadsMax: 1_000,
  /** Accounts that are written though nothing durable of them changed: some 3 % of a core. */
  checkpointRefreshPerSecond: 1_000,
  /** All of few accounts are not written again sooner than this. */
  checkpointRefreshMsMin: 10_000,
  /** Ticks of the engine's clock that are reserved ahead of it, so that none is given out twice after a crash. */
  ticksReservedMs: 5_000,

  // Streams.
  /** JetStream's own window for a repeated `Nats-Msg-Id`. */
  publisherDuplicatesMs: 120_000,
  tradesAgeMsMax: 604_800_000,
  deadLettersBytesMax: 1_073_741_824,
  alertsBytesMax: 268_435_456,

  // Connections to NATS.
  natsReconnectWaitMs: 250,
  natsPingIntervalMs: 10_000,
  natsPingsUnansweredMax: 3,
  natsApiMsMax: 5_000,
  /** Wait before an operation is tried again: doubled each time, up to the second. */
  natsRetryMsMin: 50,
  natsRetryMsMax: 2_000,

  /** Instruments asked for at once: the first messages of a ledger may name a thousand symbols. */
  instrumentLookupsAtOnce: 64,

  // Reading LEDGER.
  /** Messages under way from the server or waiting to be applied. */
  ledgerWindowMessages: 4_096,
  /** Bytes of one request, or twice the server's largest message where that is more. */
  ledgerWindowBytes: 8_388_608,
  ledgerRequestMs: 30_000,
  ledgerHeartbeatMs: 5_000,
  /** A consumer that nobody asks for so long is removed by the server. */
  consumerIdleMsMax: 60_000,

  // Publishing with acknowledgement.
  publishWindowMessages: 1_024,
  publishWindowBytes: 16_777_216,
  /** What is not acknowledged within this is sent again. */
  publishAckMs: 5_000,
  /** How often that, and what could not be sent at all, is looked for. */
  publishCheckMs: 250,
  /** Dead letters and alerts waiting to be acknowledged; beyond, they are counted and dropped. */
  publishOnceBytesMax: 67_108_864,
  droppedBetweenLogs: 10_000,
  /** Below the server's default max_payload of 1 MiB, with room for the headers. */
  deadLetterBytesMax: 1_000_000,
  /** Of what was refused, as much stands in a row of ClickHouse; the stream has all of it. */
  deadLetterRowCharsMax: 8_192,
  /** Frames published and not acknowledged, beyond which the ledger is not read further. */
  framesOutstandingBytesMax: 33_554_432,

  // The lease of a partition.
  /** What its owner has not renewed for so long is free. The bucket forgets after the same time. */
  leaseTtlMs: 2_000,
  leaseRenewMs: 400,
  /** Between two looks at a lease that somebody else has, and before a renewal that failed is tried again. */
  leasePollMs: 200,
  /** An owner counts on its lease for so much less than it lasts: what it began meanwhile has time to end. */
  leaseMarginMs: 300,
  /** Below the lease's own time, so that one lost answer does not cost it. */
  leaseRequestMs: 1_000,
  /** Attempts to move the bucket's sequence past what is durable. */
  leaseRaisesMax: 3,

  // Messages of the effect log and of the changelog.
  /** A message of the effect log ends behind the LEDGER message that reaches this: that one may have 10,000 effects of 80 bytes. */
  effectLogBytesMax: 100_000,
  /** A former owner may write once more between reading the log's end and the fence. */
  effectLogFencesMax: 100,
  /** Messages of the log looked into for one record, from the first on that may have it. */
  effectLogFoundMessagesMax: 64,
  /** A value of the changelog that others write, too, is written over them so many times. */
  changelogRetriesMax: 8,
  /** A larger state of an account is written in parts; of a server with small messages, half of its largest. */
  changelogPartBytesMax: 500_000,

  // Alerts and health.
  /** Sources of one account of which the last sequence is remembered; of a further one the oldest is forgotten. */
  sequenceSourcesMax: 16,
  /** How often the consumer of the sink is asked how far it is. */
  sinkLagAskMs: 5_000,
  /** So long `doctor` waits for engines that stand by. */
  standbyAnswersMs: 300,
  cliAlertsShown: 100,

  // Trades.
  /** A trade that was sent and not acknowledged within this is sent again. */
  tradesAckWaitMs: 5_000,
  tradesRequestMs: 5_000,
  tradesHeartbeatMs: 1_000,
  tradesOutstandingMax: 1_024,
  /** Trades whose delivery again is told: several times what may be outstanding. */
  tradesRememberedMax: 4_096,
  tradesPollMs: 2,

  // The service tidemark.
  queryPageAccountsMax: 1_000,
  queryPageAccountsDefault: 100,
  snapshotAccountsMax: 1_000,

  // Prices.
  /** How often the last prices of batches and foreign subjects are written to PRICES. */
  pricesWriteThroughMs: 1_000,

  // Decoding.
  /** Elements of an array message that are judged one by one; a longer one is refused whole: 1 MB can hold 500,000. */
  messageElementsMax: 10_000,
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
  /** An engine reads its whole ledger before it is ready. */
  childReadyMsMax: 600_000,
  /** A start that takes longer than this is told, again and again. */
  childSlowStartMs: 10_000,
  childRestartsMax: 10,
  /** A child that has served this long has its restarts forgotten. */
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
  /** The clock of a database may be so far from this machine's. */
  doctorClockMsMax: 1_000,
  /** With more alerts that wait for one receiver `doctor` says so. */
  doctorAlertsWaitingMax: 100,
  /** Below this much free space in the data directory `doctor` says so. */
  freeDiskBytesMin: 1_073_741_824,

  // Sink: frames into ClickHouse.
  /** Inserts at once: a second one is parsed while the first is written. */
  sinkInsertsMax: 2,
  /** Owners of a partition, a few words each: more than an engine that fails every second has in a day. */
  ownersRememberedMax: 100_000,
  /** Frames delivered and not acknowledged: at most so many times frameBytesMax in memory. */
  sinkFramesHeldMax: 16,
  /** What a sink that was killed held goes to the next one after this. */
  sinkAckWaitMs: 10_000,
  sinkHeartbeatMs: 5_000,
  sinkHeartbeatsMissedMax: 3,
  sinkRequestMs: 30_000,
  sinkInsertMsMax: 60_000,
  sinkStopMsMax: 6_000,
  /** After a sink has ended, the next one has what it held. */
  sinkGiveBackMs: 2_000,
  /** Wait before an insert is tried again: doubled each time, up to the second. */
  sinkRetryMsMin: 50,
  sinkRetryMsMax: 5_000,
  /** So long rows cannot be written before it is an alert: longer than a restart of the store. */
  sinkWaitingAlertMs: 15_000,
  sinkWaitingReasonCharsMax: 500,
  /** Attempts after which a frame that ClickHouse refuses goes to DEAD_LETTERS. */
  sinkRefusalsMax: 3,
  /** One letter of a refused frame, below the server's default max_payload of 1 MiB. */
  refusedFrameLetterBytesMax: 500_000,

  // Store: the embedded ClickHouse endpoint.
  /** Engine calls at once; fewer where libuv's pool (UV_THREADPOOL_SIZE) has fewer threads than one more than this. */
  storeEngineCallsMax: 8,
  storeEngineCallsWaitingMax: 512,
  storeEngineMemoryBytesMax: 4_294_967_296,
  storeMarkCacheBytesMax: 268_435_456,
  /** Left free on the store's disk: inserts are refused before a merge meets the end of it, which can break a part. */
  storeDiskKeptFreeBytes: 268_435_456,
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
  /** Between two attempts to stop queries whose client has left. */
  storeStopPollMs: 50,

  // Asking and writing from outside the engine: the command line and the gateway.
  clientConnectMsMax: 5_000,
  clientRequestMsMax: 5_000,
  clientPingMs: 10_000,
  clientPollMs: 20,
  /** So long a command waits for the engine to judge what it wrote. */
  clientOutcomeMsMax: 10_000,
  /** A dead letter may be this much behind its account's sequence. */
  clientDeadLetterMsMax: 500,
  /** Accounts without their positions in one reply, which has to fit a message. */
  clientAccountsPageMax: 200,
  clientDeadLettersScannedMax: 100_000,
  /** Requests for single messages under way at once. */
  clientDeadLettersAtOnce: 64,

  ...gatewayLimits,

  // Command line.
  cliAccountsShown: 100,
  cliDeadLettersShown: 20,
  cliCellCharsMax: 60,
  cliTableRowsMax: 1_000,
  cliHistoryRowsShown: 60,
  cliHistoryPointsMax: 1_000_000,
  cliEpisodesShown: 20,
  cliChartRows: 12,
  cliBarCells: 30,
  cliWatchRedrawMs: 200,
  cliWatchAccountsMax: 100_000,
  /** Accounts asked for before updates come; the others show with their first update. */
  cliWatchHydratedMax: 1_000,

  // Simulated market.
  demoOpeningsAtOnce: 32,
  demoAckMsMax: 5_000,
  demoAcksOutstandingMax: 256,
  /** Trades that wait to be reversed: with so many, each new one reverses an old one. */
  demoReversibleTradesMax: 2_000,

  ...trialLimits,

  // Import.
  importRowsReadAhead: 2_048,
  /** Rows held at once, to sort a file that is not in the order of time. */
  importRowsSortedMax: 2_000_000,
  importRowCharsMax: 1_000_000,
  importDatesKeptMax: 100_000,
  importPricesInBatch: 200,
  /** Prices handed to the connection before the server has confirmed the ones before them. */
  importPricesUnflushedMax: 5_000,
  /** Prices the engine may be behind what was sent, where it says how many it has. */
  importPricesBehindMax: 100_000,
  /** So long the engine may make no progress. */
  importBehindMsMax: 10_000,
  /** Ticks the engine may have before it. */
  importTicksWaitingMax: 200,
  /** Rows whose lines are remembered, to tell the line of what the engine refuses. */
  importLinesKeptMax: 5_000_000,
  importRejectionsKeptMax: 1_000,
  importRejectionsShown: 20,
  importProgressMs: 100,

  // Voids.
  /** Voids of one account that wait for their targets at once; what comes beyond is refused. */
  voidsWaitingPerAccountMax: 1_000,
  /** Of the messages that these came in: they are in the account's state, which must fit into one of the server's. */
  voidsWaitingPerAccountBytesMax: 262_144,
  /** Records of effects looked up for one message; what lies beyond is taken at today's rate. */
  voidRecordsMax: 20_000,

  // Corrections of history.
  /** Between two looks at what is to be corrected, while rows come or something waits; and while neither does. */
  correctionPollMs: 500,
  correctionIdleMs: 60_000,
  /** Accounts that are walked at once. */
  correctionsAtOnce: 2,
  /** Rows of one query, and corrected rows held before they are written. */
  correctionPageRows: 5_000,
  correctionRowsHeld: 1_000,
  correctionQueryMsMax: 60_000,
  /** Voids and flows dated back, in an account's life: they are held while it is walked. */
  correctionsPerAccountMax: 100_000,
  correctionSymbolsInQuery: 100,
  /** Wait before an account is tried again: doubled each time, up to the second. */
  correctionRetryMsMin: 500,
  correctionRetryMsMax: 60_000,
  /** Failures in a row after which it is an alert. */
  correctionFailuresTold: 4,

  // Rebuilding from LEDGER on the command line: replay, verify.
  rebuildBatchMessages: 1_000,
  /** Conversions that had no rate, whose kind is looked up. */
  rebuildConversionsMax: 1_000_000,
  replayUnrecordedShown: 20,
  /** Accounts compared with one query a table. */
  verifyAccountsPage: 1_000,
  verifyInspectionsAtOnce: 64,
  /** Accounts whose rows are looked at one by one, of those whose rows do not add up. */
  verifyAccountsLookedInto: 100,
  verifyDifferencesMax: 10_000,
  verifyDifferencesShown: 100,
  /** Rows of one account held to find which of them do not add up. */
  verifyRowsMax: 1_000_000,
  /** Memory in which ClickHouse looks for doubled ticks; beyond, it goes by way of its disk. */
  verifyGroupBytesMax: 268_435_456,
  /** So long the last applied event may take to have its row in ClickHouse. */
  verifyBehindMsMax: 10_000,
  /** So long what does not add up may be on its way: the sink has two inserts at once. */
  verifySettleMsMax: 2_000,
} as const;
