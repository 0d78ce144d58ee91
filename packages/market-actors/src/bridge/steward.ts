/** The steward's page: which other markets this one recognises, and exchanges that hang. */
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, send, typed } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import { once, refuse } from '@pocas/vat-runtime/actors';
import type { MarketInside } from '../inside/types.ts';
import type { Book } from './book.ts';
import { passable } from './guards.ts';
import { BridgeCareI } from './steward-guards.ts';
import type { BridgeCare, BridgeDoor, Done } from './types.ts';

const makeCareKit = defineActor({
  name: 'BridgeCare',
  state: {
    market: typed<Facet<MarketInside>>(M.remotable('market')),
    book: typed<Book>(M.remotable('book')),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (market: Facet<MarketInside>, book: Book) => ({
    market,
    book,
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: { care: BridgeCareI, steps: passable('BridgeCareSteps') },
  facets: {
    care: {
      view(): ReturnType<BridgeCare['view']> {
        const { book } = this.state;
        const exchange = book.exchange();
        return {
          partners: book.partners().map((one) => ({ label: one.label(), phase: one.phase() })),
          hanging: book.hanging().map(({ number, id }) => {
            const { value, peerHeld, isFrozen } = exchange.view(id)!;
            return { number, value, peerHeld, isFrozen };
          }),
        };
      },
      async changes(since?: string): Promise<string> {
        return this.state.book.changes(since);
      },
      introduceLink(label: string, requestId: string): ReturnType<BridgeCare['introduceLink']> {
        const { market, book, outcomes } = this.state;
        const grantor = market.grantor();
        if (grantor === undefined) return refuse('unsupported');
        const door = once<Facet<BridgeDoor> | undefined>(outcomes, 'introduce', requestId, () =>
          book.addPartner(label)?.door(),
        );
        if (door === undefined) return refuse('quota');
        const text = E(grantor).sturdy(door, { label: `bridge: ${label}` });
        return E.when(text, (secret) => ({ secret, toPaste: true as const }));
      },
      meetBy(
        introduction: string,
        label: string,
        requestId: string,
      ): ReturnType<BridgeCare['meetBy']> {
        const { steps } = this.facets;
        const enlivener = this.state.market.enlivener();
        if (enlivener === undefined) return refuse('unsupported');
        const found = E(enlivener).enliven(introduction) as Promise<Facet<BridgeDoor>>;
        return E.when(
          found,
          (door) => steps.meet(door, label, requestId),
          () => refuse('invalid'),
        );
      },
      freeze(number: bigint, requestId: string): Done | Refusal {
        const { book, outcomes } = this.state;
        return once<Done | Refusal>(outcomes, 'freeze', requestId, () => {
          const id = book.idOf(number);
          const frozen = id === undefined ? refuse('invalid') : book.exchange().freeze(id);
          book.touch();
          return frozen.ok ? { ok: true } : frozen;
        });
      },
    },
    steps: {
      meet(door: Facet<BridgeDoor>, label: string, requestId: string): Done | Refusal {
        const { book, outcomes } = this.state;
        return once<Done | Refusal>(outcomes, 'meet', requestId, () => {
          const partner = book.addPartner(label);
          if (partner === undefined) return refuse('quota');
          partner.begin();
          send(door, 'meet', [partner.door(), book.exchange().desk()], {
            then: partner.meeting() as never,
            ctx: { door },
          });
          return { ok: true };
        });
      },
    },
  },
  readOnly: ['care.changes', 'care.meetBy'],
});

export const makeBridgeCare = (market: Facet<MarketInside>, book: Book): Facet<BridgeCare> =>
  makeCareKit(market, book).care as Facet<BridgeCare>;
