/** The bounds of the dashboard, which runs in a browser. Imports nothing: nothing else of ours goes into the page. */
export const dashboardLimits = {
  /** Buckets of a curve that has just been read, and when it is made coarser: about a pixel each, and half. */
  curveBucketsWanted: 1_000,
  curveBucketsMax: 2_000,
  /** Rows of history asked for: enough that no bucket of them is empty. */
  curvePointsAsked: 3_000,
  /** Rows that were not in the database yet when they were asked for are asked for again, after so long, so often. */
  curveGapRetryMs: 1_500,
  curveGapRetriesMax: 8,

  /** How often an account is asked for while it changes, and sooner where the ledger has something new. */
  detailEveryMs: 500,
  detailAfterEventMs: 150,
  episodesEveryMs: 10_000,
  episodesShownMax: 50,
  benchmarkEveryMs: 5_000,
  flowPagesMax: 5,
  flowPageRows: 1_000,
  /** Live flows drawn before history has them. */
  flowsAheadMax: 100,

  /** Accounts of the list: what a socket may read. */
  accountsMax: 1_000,
  /** Rows in the document above and below those that are seen. */
  rowsAround: 8,
  /** The order of a live list, so that rows can be read and hit. */
  orderEveryMs: 1_000,

  alertsKeptMax: 500,

  requestMsMax: 20_000,
  healthEveryMs: 3_000,
  /** Waits before a socket is opened again: doubled from the first to the last. */
  reconnectFirstMs: 200,
  reconnectLastMs: 5_000,
  /** Who has not answered a ping when the next one is due is away. */
  pingEveryMs: 5_000,
  /** A subscription that was refused is asked for again. */
  subscribeRetryMs: 1_000,
  /** The title, and whatever is to be drawn while the page is hidden. */
  titleEveryMs: 500,
} as const;
