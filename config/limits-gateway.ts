/** The bounds of the gateway, part of config/limits.ts. Imports nothing. */
export const gatewayLimits = {
  /** Of a request: an order to settle has some 300 bytes. */
  gatewayBodyBytesMax: 65_536,
  gatewayHeaderBytesMax: 16_384,
  /** Of a parameter in a path or query. */
  gatewayParameterCharsMax: 256,
  /** From its first byte to its last a request may take so long, and its headers. */
  gatewayRequestMsMax: 30_000,
  gatewayHeadersMsMax: 10_000,
  gatewayKeepAliveMs: 30_000,
  gatewayConnectionsMax: 10_000,
  /** Requests that are under way are given this long at the end. */
  gatewayDrainMs: 5_000,
  /** Queries of history at once, and such as wait for their turn: beyond, requests are refused. */
  gatewayQueriesAtOnce: 4,
  gatewayQueriesWaitingMax: 64,
  gatewayAlertReadingsAtOnce: 2,
  gatewayQueryWaitMsMax: 10_000,
  gatewayQuerySecondsMax: 15,
  /** Above that: a database that hangs is given up after it. */
  gatewayAnswerMsMax: 17_000,
  gatewayPageRowsDefault: 100,
  gatewayPageRowsMax: 1_000,
  gatewayHistoryPointsDefault: 1_000,
  gatewayHistoryPointsMax: 10_000,
  /** Accounts that one token may name. */
  gatewayTokenAccountsMax: 1_000,
  gatewayTokenCharsMax: 8_192,
  /** Tokens and addresses whose rate is remembered. */
  gatewayRatesKeptMax: 10_000,
  /** What a token's times may be off. */
  gatewayClockToleranceSeconds: 5,
  gatewayKeysMsMax: 5_000,
  gatewayHealthMsMax: 2_000,
  /** Who asks without a token is told what was found so long ago: the parts are asked this often, however many ask. */
  gatewayHealthKeptMs: 250,
  /** Metrics of the other processes are asked for this often, however many scrape. */
  gatewayMetricsKeptMs: 1_000,
  /** A connection on which nothing moves: longer than an answer may wait for its turn and take. */
  gatewayIdleMsMax: 60_000,
  /** How often connections are looked at for requests that take too long. */
  gatewayConnectionsCheckMs: 5_000,
  /** Alerts are read from the beginning of their stream, for so long. */
  gatewayAlertReadingMsMax: 10_000,

  // Webhooks.
  webhookReceiversMax: 32,
  /** For the next alert the server is asked anew after so long. */
  webhookRequestMs: 5_000,
  /** Of a receiver, for its answer. */
  webhookAnswerMsMax: 10_000,
  /** Wait before a delivery that failed is tried again: doubled each time, up to the second. */
  webhookRetryMsMin: 500,
  webhookRetryMsMax: 60_000,
  /** What a receiver refuses itself is tried so often; what it does not answer, until it is so old. */
  webhookRefusalsMax: 5,
  webhookAgeMsMax: 86_400_000,
  /** What a gateway that was killed was delivering goes to the next one after this. */
  webhookAckWaitMs: 10_000,
  /** At the end of a gateway, to the next one, after so long. */
  webhookGiveBackMs: 1_000,
  /** The position of a receiver that nobody asks for is forgotten after this. */
  webhookIdleMsMax: 604_800_000,

  // WebSockets.
  /** In all, below gatewayConnectionsMax; and of one token, or without tokens of one address. */
  gatewayWsSocketsMax: 8_000,
  gatewayWsSocketsOfTokenMax: 2_000,
  /** A socket may go without a token for so long. */
  gatewayWsTokenMsMax: 10_000,
  /** Of a message from a client: a thousand ids of 60 characters. */
  gatewayWsMessageBytesMax: 65_536,
  /** Messages from one client within so long. */
  gatewayWsMessagesMax: 600,
  gatewayWsMessagesMs: 10_000,
  /** What a socket may subscribe to: all that a token may name. */
  gatewayWsAccountsMax: 1_000,
  /** Accounts asked of the engine at once, such questions under way, and the wait before one that failed is asked again. */
  gatewayWsStatesAtOnce: 200,
  gatewayWsQuestionsMax: 4,
  gatewayWsRetryMs: 250,
  /** So long a subscription waits for the states of its accounts. */
  gatewayWsStateMsMax: 10_000,
  /** How often the engine is asked whether it is another one, or has told something to nobody. */
  gatewayWsEngineAskMs: 1_000,
  /**
   * Written and not taken by the system: above the first, updates of an account give way to later ones of it. What
   * cannot give way, answers and alerts, may come to the second.
   */
  gatewayWsConflateBytes: 65_536,
  gatewayWsBufferedBytesMax: 4_194_304,
  /** So long updates may wait for a reader that takes nothing. */
  gatewayWsStalledMsMax: 5_000,
  /** How often that is looked for, and tokens that have expired. */
  gatewayWsSweepMs: 250,
  /** A ping after so long; who has not answered it when the next one is due is dropped. */
  gatewayWsPingMs: 15_000,
  /** For the other side's part of a close; and for that of all sockets at the gateway's end. */
  gatewayWsCloseMsMax: 5_000,
  gatewayWsEndMsMax: 1_000,
} as const;
