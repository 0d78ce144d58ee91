/**
 * What a node gives to its user interface for one web session: a connection of its own on the
 * switchboard, whose c-list holds exactly what the session was handed.
 */

/** A slot of a session's c-list, such as `o-7`, or `o-d7` for a lasting reference. Not a secret, not an authority. */
export type SessionSlot = string;

export type WebSession = {
  /**
   * Exchanges the swiss number of a sturdy ref of this node for its object, once or as often as it allows.
   * @returns a presence, usable with `E`
   */
  enliven(swiss: string): Promise<object>;
  /** The slot of a presence that this session holds. Throws for anything else. */
  slotOf(presence: object): SessionSlot;
  /** The presence in a slot, or undefined when this session holds nothing there. */
  presenceAt(slot: SessionSlot): object | undefined;
  /** Every slot that is kept. */
  slots(): SessionSlot[];
  /**
   * Keeps a lasting reference (a slot `…d…`) across restarts of the node.
   * @returns whether it could: an ephemeral reference ends with its owner's session.
   */
  keep(slot: SessionSlot): boolean;
  /** Small facts of the user interface about this session, such as its language and its home slot. */
  getData(): { readonly [key: string]: string };
  setData(data: { readonly [key: string]: string }): void;
  /** Ends the session for good: its c-list and its data are erased. */
  end(): void;
};

export type WebSessions = {
  /** The session with this id, made when it does not exist. The id is a keyed hash, never the cookie itself. */
  provide(id: string): Promise<WebSession>;
  /** The session with this id, or undefined. */
  find(id: string): Promise<WebSession | undefined>;
  /** Settles when all that was said before is on disk. A page leaves only after it (DESIGN: the output gate). */
  settled(): Promise<void>;
};
