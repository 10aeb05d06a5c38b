/** The bounds of the load test and of the fault tests, part of config/limits.ts. Imports nothing. */
export const trialLimits = {
  // Load test.
  /** Together, measured or not: a probe's price has room for no more. */
  loadSecondsMax: 600,
  /** A burst of prices holds at most what is due in so long. */
  loadBurstMsMax: 20,
  /** Bursts handed to the connection and not yet taken by it. */
  loadBurstsUnderWayMax: 8,
  /** What prices are behind by more is given up. */
  loadBehindMsMax: 250,
  loadProbesASecond: 200,
  loadProbesMax: 40,
  loadSettlementBurstMs: 5,
  loadAcksOutstandingMax: 2_000,
  loadAckMsMax: 10_000,
  loadOpenMsMax: 60_000,
  /** So long what differs at the end may stay as it is before it counts; the second where the engine differs itself. */
  loadSettleMsMax: 10_000,
  loadFailingMsMax: 2_000,
  loadCheckMsMax: 300_000,
  loadPollMs: 50,
  loadInspectionsAtOnce: 16,
  loadDifferencesShown: 40,

  // Fault tests.
  faultPollMs: 10,
  faultAskMsMax: 500,
  /** From a kill to serving again. */
  faultRecoveryMsMax: 120_000,
  /** Kills of one part before it is left alone for `childSettledMs`: below `childRestartsMax`. */
  faultKillsInARowMax: 6,
  faultPauseMsMax: 8_000,
  /** So long what differs at the end may stay as it is, and change, before it counts. */
  faultSettleMsMax: 20_000,
  faultCheckMsMax: 600_000,
  /** Memory in which ClickHouse looks for doubled rows; beyond, it goes by way of its disk. */
  faultGroupBytesMax: 268_435_456,
  /** From the loss of an engine to its standby being live. */
  faultTakeoverMsMax: 3_000,
  /** What a process may hold more after hostile messages than after the first of them. */
  faultMemoryGrowthBytesMax: 67_108_864,
  faultFuzzUnflushedMax: 500,
} as const;
