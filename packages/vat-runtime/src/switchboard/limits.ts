/** What one connection may ask of the switchboard. Past a limit its session ends; nobody else notices. */
export type Limits = {
  /** Characters of one body. Keeps the work of parsing one message under a few milliseconds. */
  readonly maxBodyLength: number;
  /** Nesting of arrays and records in a body. Parsers recurse; 3,000 levels hang stock captp. */
  readonly maxDepth: number;
  /** References in one message. 50,000 in 2 MB cost 5 s and 148 MB in stock captp. */
  readonly maxSlotsPerMessage: number;
  /** Questions without an answer, asked by one connection. */
  readonly maxOpenQuestions: number;
  /** Characters in the bodies of those questions. Without it 4,096 of 1 Mi each could wait at once. */
  readonly maxOpenLength: number;
  /** Calls that wait for one answer, promise or link. */
  readonly maxQueuedCalls: number;
  /** Entries of one connection's c-list that end with its session. */
  readonly maxEntries: number;
  /**
   * Calls to vats that one party made and that no host has carried out yet. Past it nothing is taken
   * from the party until half of them are: so it delays any other by so many turns at most.
   */
  readonly maxInFlight: number;
};

export const defaultLimits: Limits = Object.freeze({
  maxBodyLength: 1 << 20,
  maxDepth: 64,
  maxSlotsPerMessage: 256,
  maxOpenQuestions: 4096,
  maxOpenLength: 16 << 20,
  maxQueuedCalls: 1024,
  maxEntries: 65_536,
  maxInFlight: 64,
});
