/**
 * What one party may ask of a node. Each party has its own counts, each web session too.
 *
 * Past a limit of what is well formed, or of what a party may hold, its session ends, and nobody
 * else notices. Past one of speed or of work under way it is paused, and goes on.
 */
export type Limits = {
  // ---- one message ----

  /** Characters of a body. Keeps the work of parsing one message under a few milliseconds. */
  readonly maxBodyLength: number;
  /** Levels of arrays and records in a body. Parsers recurse; 3,000 levels hang stock captp. */
  readonly maxDepth: number;
  /**
   * Values in the body of a call, counted by commas and brackets. To take one in and give it back
   * costs up to 40 µs, so 50,000 empty lists in 150 kB would keep a thread for two seconds.
   */
  readonly maxValuesInCall: number;
  /** The same for an answer, which is only taken in. */
  readonly maxValuesInAnswer: number;
  /** References in a message. 50,000 in 2 MB cost 5 s and 148 MB in stock captp. */
  readonly maxSlotsPerMessage: number;
  /** Digits in a row. A bigint of 10,000 costs 0.2 ms to read and 0.5 to write, a million 340 ms. */
  readonly maxDigits: number;

  // ---- what a party may have open ----

  /** Questions without an answer: those it asked, and, each by itself, those that it was asked. */
  readonly maxOpenQuestions: number;
  /** Characters in the bodies of the questions that it was asked: what a silent party costs. */
  readonly maxOpenLength: number;
  /** Calls of one party that wait for answers, promises and links. */
  readonly maxQueuedCalls: number;
  /** Characters in the bodies of those calls. */
  readonly maxQueuedLength: number;
  /** Objects of others that it holds, 500 bytes each. Does not hold for another node. */
  readonly maxImports: number;
  /** Objects and promises of its own that it sent and that end with its session, 500 bytes each. */
  readonly maxExports: number;
  /** Promises among them. When its session ends each is settled, all at once, in every vat that has it. */
  readonly maxPromises: number;
  /** Lasting ones of another node, which stay until leases end them. */
  readonly maxLastingExports: number;
  /** Objects that all parties outside sent. Past it the session of the one with the most ends. */
  readonly maxExportsInAll: number;

  /** Characters of a call from outside to a power of the node itself, which runs on the thread that all share. */
  readonly maxPowerLength: number;
  /** Values in such a call. */
  readonly maxPowerValues: number;
  /** Such a call costs as much as so many messages more: a wrong secret takes 0.4 ms. */
  readonly powerCost: number;

  /**
   * Days in which this node was there to be called, after which what a node holds that was not heard of
   * is erased. 0: never.
   */
  readonly leaseDays: number;

  // ---- what is handed over where three nodes meet ----

  /** References in a message that come with a gift. The others are forwarded. */
  readonly maxGiftsPerMessage: number;
  /** Withdrawals under way for what one introducer sent. Past it what it sends is forwarded. */
  readonly maxWithdrawals: number;
  /** Nodes that are dialled because one introducer named them, in a second, and at once. */
  readonly giftDialsPerSecond: number;
  readonly giftDialBurst: number;
  /** Milliseconds after which a message is delivered with what forwards. */
  readonly maxWithdrawalMilliseconds: number;
  /** Gifts of one giver that nobody has withdrawn yet. Past it a deposit is ignored. */
  readonly maxGiftsOfGiver: number;
  /** The same for one receiver. It shuts no giver out who has few of them. */
  readonly maxGiftsForReceiver: number;
  /** Milliseconds after which a gift is gone. */
  readonly maxGiftMilliseconds: number;
  /** Withdrawals of one receiver that wait for the deposit. Past it they are refused. */
  readonly maxAwaitedGifts: number;
  /** Milliseconds after which they are. */
  readonly maxAwaitedMilliseconds: number;
  /** Gifts that a receiver may ask for again, in a second, and at once. */
  readonly giftsAgainPerSecond: number;
  readonly giftsAgainBurst: number;

  // ---- work under way ----

  /**
   * Calls to vats that one party made and that no host has carried out yet. Past it nothing is taken
   * from the party until half of them are: so it delays any other by so many turns at most.
   */
  readonly maxInFlight: number;
  /**
   * Milliseconds that the calls under way of all parties outside may take, by what those of each took
   * until now. Each that has some has an equal share, and one call at least.
   */
  readonly maxInFlightMilliseconds: number;
  /** The same of all sessions that have ended. Past it nothing is taken from those that begin. */
  readonly maxOrphans: number;
  /** Characters in the bodies of those calls, and 32 for each reference. A longer one is let through alone. */
  readonly maxInFlightLength: number;
  /** Characters that wait for the disk before they may leave to one party. Past it nothing is taken from the party. */
  readonly maxWaitingOutput: number;

  // ---- a link ----

  /** Bytes of one frame. A body of the greatest length fits, in any script. */
  readonly maxFrameBytes: number;
  /** Messages in one frame. */
  readonly maxFrameMessages: number;
  /**
   * Messages taken from a link in a second, and at once: 30 to 100 µs each on the thread that all
   * share. One with many slots counts as several, and so does one that is long.
   */
  readonly messagesPerSecond: number;
  readonly messageBurst: number;
  /** Bytes taken from a link in a second, and at once: about 20 ns each. */
  readonly bytesPerSecond: number;
  readonly byteBurst: number;
  /** Bytes that wait for a side to read them. Past it nothing is taken from that side. */
  readonly maxUnread: number;
  /** Past this its link ends. */
  readonly maxUnreadAtAll: number;
  /** Milliseconds after which the link of a side that reads nothing of them ends. */
  readonly maxUnreadMilliseconds: number;
  /** Bytes of frames that are not complete, on all links. Past it the link with the most ends. */
  readonly maxUnfinishedInAll: number;
  /** Web sessions in memory. Past it the longest unused that wait for nothing sleep. */
  readonly maxWebSessions: number;
  /** Links. Past it the oldest without a handshake ends, then one of a party that was given nothing. */
  readonly maxLinks: number;
  /**
   * Nodes of which nothing is kept that are dialled at a time: anybody may name ever new ones to somebody who
   * asks for what he names. Past it calls to others of them are refused.
   */
  readonly maxDials: number;
  /** Links that came in, without a handshake yet. Past it the oldest of them ends. */
  readonly maxHandshakes: number;
  /**
   * Links that may begin at one port in a second, and at once: a whole handshake takes 1 to 5 ms of the thread
   * that all share, and whoever begins it has to spend nothing. Past it a connection is cut unheard.
   */
  readonly linksPerSecond: number;
  readonly linkBurst: number;
};

export const defaultLimits: Limits = Object.freeze({
  maxBodyLength: 1 << 20,
  maxDepth: 64,
  maxValuesInCall: 4096,
  maxValuesInAnswer: 8192,
  maxSlotsPerMessage: 256,
  maxDigits: 4096,
  maxOpenQuestions: 4096,
  maxOpenLength: 8 << 20,
  maxQueuedCalls: 1024,
  maxQueuedLength: 4 << 20,
  maxImports: 8192,
  maxExports: 8192,
  maxPromises: 1024,
  maxLastingExports: 65_536,
  maxExportsInAll: 98_304,
  leaseDays: 90,
  maxPowerLength: 4096,
  maxPowerValues: 32,
  powerCost: 10,
  maxGiftsPerMessage: 16,
  maxWithdrawals: 256,
  giftDialsPerSecond: 1,
  giftDialBurst: 16,
  maxWithdrawalMilliseconds: 5000,
  maxGiftsOfGiver: 1024,
  maxGiftsForReceiver: 1024,
  maxGiftMilliseconds: 60_000,
  maxAwaitedGifts: 1024,
  maxAwaitedMilliseconds: 4000,
  giftsAgainPerSecond: 64,
  giftsAgainBurst: 256,
  maxInFlight: 64,
  maxInFlightMilliseconds: 100,
  maxOrphans: 1024,
  maxInFlightLength: 8 << 10,
  maxWaitingOutput: 2 << 20,
  maxFrameBytes: 4 << 20,
  maxFrameMessages: 4096,
  messagesPerSecond: 4000,
  messageBurst: 2000,
  bytesPerSecond: 2 << 20,
  byteBurst: 4 << 20,
  maxUnread: 1 << 20,
  maxUnreadAtAll: 16 << 20,
  maxUnreadMilliseconds: 30_000,
  maxUnfinishedInAll: 16 << 20,
  maxWebSessions: 2048,
  maxLinks: 1024,
  maxDials: 256,
  maxHandshakes: 128,
  linksPerSecond: 100,
  linkBurst: 1024,
});
