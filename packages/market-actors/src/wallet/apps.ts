/**
 * Apps (SPEC C14, U4): what the owner gives to a module, spends at one place up to a bound for each epoch.
 *
 * What an act costs is set aside before anything is asked, once for each request, and is free again only
 * when the place has refused it: an answer that was lost may mean that it was paid. Above the owner's size an
 * act becomes a question, which the owner alone answers.
 */
import { E } from '@endo/far';
import { M, matches } from '@endo/patterns';
import type { Account, Payee } from '@pocas/clearing/value';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, sha256, typed } from '@pocas/vat-runtime';
import { type Refusal, once, refuse } from '@pocas/vat-runtime/actors';
import type { Purchase } from '../till/types.ts';
import { AppI, AppTermsShape, AppsI } from './app-guards.ts';
import type {
  AppDone,
  AppTerms,
  Sale,
  WalletApp,
  WalletAppView,
  WalletApps,
  WalletAppsView,
} from './app-types.ts';
import { type Entry, makeEntry, numberOf } from './entry.ts';
import { type WalletInside, inner } from './inside.ts';
import type { CreditsKeeper } from './purses.ts';

export const maxApps = 30;
/** Questions that wait for the owner's word. */
export const maxQuestions = 30;

/** What an app wants to do. */
type Act =
  | { readonly kind: 'pay'; readonly payee: Facet<Payee>; readonly value: bigint }
  | { readonly kind: 'buy'; readonly purchase: Purchase; readonly value: bigint };
type State = 'asked' | 'allowed' | 'done' | 'refused';
type ActRow = {
  readonly act: Act;
  readonly epoch: bigint;
  readonly state: State;
  readonly code?: Refusal['code'];
};

/** Between an app and the wallet. */
type AppInside = {
  terms(): AppTerms;
  left(): bigint;
  isOver(): boolean;
  cut(): void;
  answer(request: string, isAllowed: boolean): Promise<AppDone | Refusal> | AppDone | Refusal;
};
/** For the wallet itself. */
export type AppsKeeper = {
  page(): Facet<WalletApps>;
  /** Takes back all that was given. */
  cutAll(): void;
};
/** What an app asks of the page. */
type Asking = {
  /** @returns false where too many questions wait */
  ask(app: Facet<AppInside>, request: string, value: bigint): boolean;
  credits(): Facet<CreditsKeeper>;
};

const RefusedShape = M.splitRecord({ ok: false, code: M.string({ stringLengthLimit: 100 }) });
const DoneShape = M.splitRecord({ ok: true });

const makeAppKit = defineActor({
  name: 'WalletApp',
  state: {
    number: M.nat(),
    terms: AppTermsShape,
    place: M.string(),
    inside: typed<Facet<WalletInside>>(M.remotable('wallet')),
    asking: typed<Facet<Asking>>(M.remotable('asking')),
    isCut: M.boolean(),
    acts: typed<DurableMap<string, ActRow>>(M.any()),
    spent: typed<{ readonly epoch: bigint; readonly value: bigint }>(M.record()),
  },
  init: (
    number: bigint,
    terms: AppTerms,
    place: string,
    inside: Facet<WalletInside>,
    asking: Facet<Asking>,
  ) => ({
    ...{ number, terms, place, inside, asking },
    isCut: false,
    acts: makeDurableMap<string, ActRow>(),
    spent: { epoch: 0n, value: 0n },
  }),
  guards: { app: AppI, own: inner('WalletAppInside') },
  facets: {
    app: {
      view(): WalletAppView {
        const { terms, place } = this.state;
        const { own } = this.facets;
        return { label: terms.label, place, left: own.left(), isOver: own.isOver() };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.app);
      },
      pay(payee: Facet<Payee>, value: bigint, id: string): Promise<AppDone | Refusal> | Refusal {
        const { terms } = this.state;
        if (terms.from !== 'account') return refuse('unsupported');
        return this.facets.own.take({ kind: 'pay', payee, value }, id);
      },
      buy(purchase: Purchase, id: string): Promise<AppDone | Refusal> | Refusal {
        const { terms } = this.state;
        if (terms.from !== 'purse') return refuse('unsupported');
        return this.facets.own.take({ kind: 'buy', purchase, value: purchase.price }, id);
      },
      order(sale: Sale, id: string): Promise<AppDone | Refusal> | Refusal {
        const { terms, acts, asking } = this.state;
        const { own } = this.facets;
        if (terms.from !== 'purse') return refuse('unsupported');
        // What was begun goes on, also when the offer is not shown any more.
        const before = acts.get(id)?.act;
        if (before?.kind === 'buy') {
          const purchase = { ...sale, offer: before.purchase.offer };
          return own.take({ kind: 'buy', purchase, value: sale.price }, id);
        }
        if (own.isOver()) return refuse(this.state.isCut ? 'revoked' : 'expired');
        const found = asking.credits().offerAt(terms.place, sale.number);
        return E.when(found, (offer) =>
          offer === undefined
            ? refuse('stale')
            : own.take({ kind: 'buy', purchase: { ...sale, offer }, value: sale.price }, id),
        ) as Promise<AppDone | Refusal>;
      },
    },
    own: {
      terms(): AppTerms {
        return this.state.terms;
      },
      left(): bigint {
        const { terms, spent, inside } = this.state;
        const value = spent.epoch === inside.epoch() ? spent.value : 0n;
        return value >= terms.most ? 0n : terms.most - value;
      },
      isOver(): boolean {
        const { isCut, terms, inside } = this.state;
        return isCut || (terms.expires !== undefined && inside.now() >= terms.expires);
      },
      cut(): void {
        this.state.isCut = true;
      },
      take(act: Act, request: string): Promise<AppDone | Refusal> | Refusal {
        const { acts, isCut, terms, inside, asking } = this.state;
        const { own } = this.facets;
        if (isCut) return refuse('revoked');
        const before = acts.get(request);
        if (before !== undefined) {
          if (!isSame(before.act, act)) return refuse('conflict');
          if (before.state === 'refused') return refuse(before.code ?? 'closed');
          return before.state === 'asked' ? refuse('notYet') : own.run(request);
        }
        if (own.isOver()) return refuse('expired');
        if (act.value > own.left()) return refuse('limit');
        const epoch = inside.epoch();
        const isAsked = act.value > terms.confirmAbove;
        if (isAsked && !asking.ask(own as unknown as Facet<AppInside>, request, act.value))
          return refuse('quota');
        const { spent } = this.state;
        const value = (spent.epoch === epoch ? spent.value : 0n) + act.value;
        this.state.spent = { epoch, value };
        acts.set(request, { act, epoch, state: isAsked ? 'asked' : 'allowed' });
        return isAsked ? refuse('notYet') : own.run(request);
      },
      answer(request: string, isAllowed: boolean): Promise<AppDone | Refusal> | AppDone | Refusal {
        const { acts } = this.state;
        const { own } = this.facets;
        const row = acts.get(request)!;
        if (row.state !== 'asked') return refuse('closed');
        if (!isAllowed) {
          own.end(request, 'limit');
          return { ok: true };
        }
        if (own.isOver()) {
          own.end(request, 'expired');
          return refuse('expired');
        }
        acts.set(request, { ...row, state: 'allowed' });
        return own.run(request);
      },
      /** The same act as often as it is said, under a request that is the wallet's own. */
      run(request: string): Promise<AppDone | Refusal> {
        const { acts, terms, inside, asking } = this.state;
        const { own } = this.facets;
        const { act, state } = acts.get(request)!;
        if (state === 'done') return Promise.resolve({ ok: true });
        const id = this.facets.own.idOf(request);
        let answer: Promise<unknown>;
        if (act.kind === 'buy') answer = asking.credits().buy(terms.place, act.purchase, id);
        else {
          // The cast says what a market's share can do; another kind of place has no account.
          const share = inside.places().at(terms.place)!.participant as unknown as Facet<{
            account(): Facet<Account>;
          }>;
          answer = E(E(share).account()).pay(act.payee, act.value, id);
        }
        return E.when(answer, (given) => own.ended(request, given));
      },
      idOf(request: string): string {
        const { number, inside } = this.state;
        return sha256(JSON.stringify(['pocas wallet app', inside.key(), `${number}`, request]));
      },
      ended(request: string, given: unknown): AppDone | Refusal {
        const { acts, inside, terms, asking } = this.state;
        const row = acts.get(request)!;
        if (row.state === 'done') return { ok: true };
        if (matches(given as never, RefusedShape)) {
          const { code } = given as { readonly code: string };
          // What may have been paid all the same stays set aside: it is asked again by the same request.
          const isOpen =
            row.act.kind === 'buy'
              ? asking.credits().isOpen(this.facets.own.idOf(request))
              : code === 'unknown';
          if (isOpen) return refuse('notYet');
          this.facets.own.end(request, code as Refusal['code']);
          return refuse(code as Refusal['code']);
        }
        if (!matches(given as never, DoneShape))
          throw new TypeError('Cannot spend: the place answers something else');
        acts.set(request, { ...row, state: 'done' });
        inside.record('app spent', { app: terms.label, value: row.act.value });
        return { ok: true };
      },
      /** Nothing was spent: it is free again, in the epoch in which it was set aside. */
      end(request: string, code: Refusal['code']): void {
        const { acts, spent } = this.state;
        const row = acts.get(request)!;
        if (row.state === 'refused' || row.state === 'done') return;
        acts.set(request, { ...row, state: 'refused', code });
        if (spent.epoch === row.epoch)
          this.state.spent = { epoch: spent.epoch, value: spent.value - row.act.value };
      },
    },
  },
  readOnly: ['app.changes'],
});

const isSame = (one: Act, other: Act): boolean => {
  if (one.value !== other.value) return false;
  if (one.kind === 'pay') return other.kind === 'pay' && one.payee === other.payee;
  if (other.kind !== 'buy') return false;
  const [a, b] = [one.purchase, other.purchase];
  return (
    a.offer === b.offer &&
    a.number === b.number &&
    a.alternative === b.alternative &&
    a.quantity === b.quantity &&
    a.note === b.note
  );
};

type AppRow = {
  readonly own: Facet<AppInside>;
  readonly place: string;
  readonly entry: Facet<Entry>;
};
type QuestionRow = {
  readonly own: Facet<AppInside>;
  readonly place: string;
  readonly request: string;
  readonly value: bigint;
  readonly entry: Facet<Entry>;
};

const makeAppsKit = defineActor({
  name: 'WalletApps',
  state: {
    inside: typed<Facet<WalletInside>>(M.remotable('wallet')),
    credits: typed<Facet<CreditsKeeper>>(M.remotable('credits')),
    apps: typed<DurableMap<bigint, AppRow>>(M.any()),
    questions: typed<DurableMap<bigint, QuestionRow>>(M.any()),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
    next: M.nat(),
  },
  init: (inside: Facet<WalletInside>, credits: Facet<CreditsKeeper>) => ({
    inside,
    credits,
    apps: makeDurableMap<bigint, AppRow>(),
    questions: makeDurableMap<bigint, QuestionRow>(),
    outcomes: makeDurableMap<string, unknown>(),
    next: 1n,
  }),
  guards: { page: AppsI, asking: inner('WalletAsking') },
  facets: {
    page: {
      view(): WalletAppsView {
        const { apps, questions } = this.state;
        return {
          questions: [...questions.values({ limit: 30 })].map(({ own, place, value, entry }) => ({
            ...{ app: own.terms().label, place, value, entry },
          })),
          apps: [...apps.values()]
            .filter(({ own }) => !own.isOver())
            .map(({ own, place, entry }) => {
              const { label, most } = own.terms();
              return { label, place, left: own.left(), most, entry };
            }),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.page);
      },
      give(terms: AppTerms, requestId: string): Facet<WalletApp> | Refusal {
        const { inside, apps, outcomes, next } = this.state;
        const place = inside.places().at(terms.place)?.place;
        if (place === undefined) return refuse('invalid');
        return once<Facet<WalletApp> | Refusal>(outcomes, 'give', requestId, () => {
          // What is over makes room.
          for (const [number, { own }] of [...apps.entries()])
            if (own.isOver()) apps.delete(number);
          if (apps.size() >= maxApps) return refuse('quota');
          this.state.next = next + 1n;
          const { asking } = this.facets;
          const { app, own } = makeAppKit(
            ...([next, terms, place, inside, asking as unknown as Facet<Asking>] as const),
          );
          const row = { own: own as unknown as Facet<AppInside>, place };
          apps.set(next, { ...row, entry: makeEntry(next) });
          return app as Facet<WalletApp>;
        });
      },
      pass(
        place: bigint,
        most: bigint,
        minutes: bigint,
        requestId: string,
      ): Promise<{ readonly secret: string }> | Refusal {
        const { inside } = this.state;
        const expires = inside.now() + minutes * 60_000n;
        const terms = { label: 'kiosk', place, from: 'purse', most, confirmAbove: most } as const;
        const app = this.facets.page.give({ ...terms, expires }, requestId);
        if ('ok' in app) return app;
        const text = E(inside.grantor()).sturdy(app, { uses: 1n, expires, label: 'kiosk' });
        return E.when(text, (secret) => ({ secret }));
      },
      revoke(app: Facet<Entry>): AppDone | Refusal {
        const { apps } = this.state;
        const number = numberOf(app, apps);
        if (number === undefined) return refuse('closed');
        apps.get(number)!.own.cut();
        apps.delete(number);
        return { ok: true };
      },
      allow(question: Facet<Entry>): Promise<AppDone | Refusal> | Refusal {
        return this.facets.asking.settle(question, true) as Promise<AppDone | Refusal> | Refusal;
      },
      deny(question: Facet<Entry>): AppDone | Refusal {
        return this.facets.asking.settle(question, false) as AppDone | Refusal;
      },
    },
    asking: {
      ask(own: Facet<AppInside>, request: string, value: bigint): boolean {
        const { questions, inside, next } = this.state;
        if (questions.size() >= maxQuestions) return false;
        this.state.next = next + 1n;
        const place = inside.places().at(own.terms().place)!.place;
        questions.set(next, { own, place, request, value, entry: makeEntry(next) });
        return true;
      },
      credits(): Facet<CreditsKeeper> {
        return this.state.credits;
      },
      page(): Facet<WalletApps> {
        return this.facets.page as Facet<WalletApps>;
      },
      cutAll(): void {
        const { apps } = this.state;
        for (const [number, { own }] of [...apps.entries()]) {
          own.cut();
          apps.delete(number);
        }
      },
      settle(
        question: Facet<Entry>,
        isAllowed: boolean,
      ): Promise<AppDone | Refusal> | AppDone | Refusal {
        const { questions } = this.state;
        const number = numberOf(question, questions);
        if (number === undefined) return refuse('closed');
        const { own, request } = questions.get(number)!;
        questions.delete(number);
        return own.answer(request, isAllowed);
      },
    },
  },
  readOnly: ['page.changes'],
});

export const makeApps = (
  inside: Facet<WalletInside>,
  credits: Facet<CreditsKeeper>,
): Facet<AppsKeeper> => makeAppsKit(inside, credits).asking as unknown as Facet<AppsKeeper>;
