/** What the program gives to the bridge. */
import type { Rate, Text, WebSessions } from '@pocas/vat-runtime';
import type { CodePowers } from '../session/code.ts';

/** What happened, for a log. It never holds a secret, an address, or what a person wrote. */
export type BridgeEvent =
  | { readonly kind: 'entered'; readonly ok: boolean }
  | { readonly kind: 'act'; readonly method: string; readonly outcome: string }
  | { readonly kind: 'foreign' }
  /** A request was refused, since too many came. */
  | { readonly kind: 'tooMany' }
  | { readonly kind: 'left' }
  /** A defect of the bridge or of the node. `name` is the error's class. */
  | { readonly kind: 'fault'; readonly name: string };

export type BridgeLimits = {
  /** How long a page waits for facets, in milliseconds. A person waits about that long too. */
  readonly answerMillis: number;
  /** The shortest time between two live updates of a page, in milliseconds: a facet that always changes costs this much. */
  readonly updateMillis: number;
  /** How often an idle event stream says that it is still there, in milliseconds. Proxies cut silent ones after 30–60 seconds. */
  readonly heartbeatMillis: number;
  /** The first pause before a lost facet is asked again, in milliseconds. It doubles up to 30 seconds. */
  readonly retryMillis: number;
  /** Event streams of one session. Each page on a screen has one. */
  readonly streams: number;
  /** Event streams of all sessions. */
  readonly streamsInAll: number;
  /** Requests of one session, files that browsers keep not counted. A page that is used fast makes one or two a second. */
  readonly sessionRequests: Rate;
  /** Requests from one address, which may be a whole school. Those from this machine do not count: they may come by a proxy. */
  readonly addressRequests: Rate;
  /** Bytes of a form. The largest text is 20,000 characters. */
  readonly bodyBytes: number;
  /** Addresses remembered for one session. */
  readonly addresses: number;
  /** Sessions remembered in memory. */
  readonly visits: number;
};

export const defaultLimits: BridgeLimits = {
  answerMillis: 5_000,
  updateMillis: 250,
  heartbeatMillis: 20_000,
  retryMillis: 1_000,
  streams: 8,
  streamsInAll: 512,
  sessionRequests: { perSecond: 10, burst: 100 },
  addressRequests: { perSecond: 50, burst: 1000 },
  bodyBytes: 256 * 1024,
  addresses: 2_000,
  visits: 2_000,
};

export type BridgePowers = CodePowers & {
  readonly sessions: WebSessions;
  /** The texts of htmx 4 and of its extension for event streams, read by the program from their packages. */
  readonly assets: { readonly htmx: string; readonly sse: string };
  /** The name of the site, above every page. */
  readonly title?: Text;
  /** The node's own designator, as in its sturdy refs. With it a sturdy ref is shown as a link for a browser. */
  readonly designator?: string;
  /** Where people reach the pages, where a proxy stands before them. Default: as the request says. */
  readonly origin?: string;
  /** Milliseconds, from any beginning. Default: those of the platform. */
  readonly now?: () => number;
  log?(event: BridgeEvent): void;
  readonly limits?: Partial<BridgeLimits>;
};
