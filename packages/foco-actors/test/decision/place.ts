/** A vat of a place that can be decided about, for tests: a charter, and an `Acts` that does what it is told to. */
import { M } from '@endo/patterns';
import { type Clock, type Facet, defineActor, typed } from '@pocas/vat-runtime';
import { type CharterInside, makeCharter, makeJournal } from '@pocas/vat-runtime/actors';

type Any = any;
const label = (en: string) => ({ en, es: `${en} (es)` });
const definition = {
  label: label('The rules of a garden'),
  values: {
    kappa: { initial: 30n, least: 0n, most: 100n, label: label('Kappa') },
    beta: { initial: 5n, least: 0n, most: 100n, label: label('Beta') },
  },
  lists: { plants: { label: label('Plants') } },
} as const;

const PlaceI = M.interface('Place', {}, { defaultGuards: 'passable' });
const makePlace = defineActor({
  name: 'Place',
  state: {
    clock: typed<Clock>(M.any()),
    charter: typed<Facet<CharterInside> | undefined>(M.any()),
    lies: typed<{ readonly [method: string]: Any }>(M.any()),
    asked: typed<readonly string[]>(M.any()),
  },
  init: (clock: Clock) => ({ clock, charter: undefined, lies: {}, asked: [] as string[] }),
  guards: { place: PlaceI, liar: PlaceI },
  facets: {
    place: {
      found() {
        const { clock } = this.state;
        const { writer } = makeJournal({ actorTag: 'garden', clock });
        const { acts, charterPublic, inside } = makeCharter(definition, { clock, journal: writer });
        this.state.charter = inside as Facet<CharterInside>;
        return { acts, charterPublic };
      },
      value(name: string) {
        return this.state.charter!.value(name);
      },
      /** What the liar answers, by method. */
      lie(lies: Any) {
        this.state.lies = lies;
        this.state.asked = [];
      },
      liar() {
        return this.facets.liar;
      },
      asked() {
        return this.state.asked;
      },
    },
    liar: {
      view() {
        return this.state.lies['view'];
      },
      draft() {
        return this.state.lies['draft'];
      },
      mandate(_wish: Any, _terms: Any, requestId: string) {
        this.state.asked = [...this.state.asked, requestId];
        return this.state.lies['mandate'];
      },
    },
  },
});

export const make = ({ clock }: { clock: Clock }) => makePlace(clock).place;
