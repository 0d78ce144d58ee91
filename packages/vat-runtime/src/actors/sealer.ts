/**
 * Sealer and unsealer, as in E: what one seals only the other one opens.
 *
 * A box can be handed to anyone and through anyone. It shows nothing, not even who sealed it, to whoever
 * does not hold the unsealer of its own pair. A value may hold references; whoever opens the box
 * gets them.
 */
import type { InterfaceGuard, MethodGuard } from '@endo/patterns';
import { M } from '@endo/patterns';
import type { Described, DurableMap, Facet } from '@pocas/vat-runtime';
import { defineActor, describe, makeDurableMap, typed } from '@pocas/vat-runtime';
import type { Refusal } from './refusal.ts';
import { refuse } from './refusal.ts';
import { LabelShape } from './words.ts';

/** Holds a value, and gives it to nobody. */
export type Box = {
  /** Where the unsealer finds it. It checks that what it finds there is this very one. */
  number(): bigint;
};

export type Sealer = {
  /** @param value - durable: data, objects of this vat, references that last */
  seal(value: unknown): Facet<Box>;
};

export type Unsealed = { readonly ok: true; readonly value: unknown };

export type Unsealer = {
  /** Refusal: `invalid` where this pair did not seal it. */
  unseal(box: Facet<Box>): Unsealed | Refusal;
  /** Whether this pair sealed it. */
  isSealed(box: Facet<Box>): boolean;
};

type Methods<Names extends string> = InterfaceGuard<{ [name in Names]: MethodGuard }>;

const BoxI: Described<Methods<'number'>> = describe(
  M.interface('Box', { number: M.call().returns(M.nat()) }),
  {
    label: { en: 'A sealed box', es: 'Una caja sellada' },
    help: {
      en: 'Only whoever holds the right opener can open it. You can pass it on.',
      es: 'Solo quien tiene el abridor correcto puede abrirla. Puedes pasarla a otra persona.',
    },
    methods: { number: { label: { en: 'Number', es: 'Número' }, args: [], hidden: true } },
  },
);

const box = {
  name: 'box',
  kind: 'facet',
  label: { en: 'Box', es: 'Caja' },
} as const;

const SealerI: Described<Methods<'seal'>> = describe(
  M.interface('Sealer', { seal: M.call(M.any()).returns(M.remotable('box')) }),
  {
    label: { en: 'A sealer', es: 'Un sellador' },
    help: {
      en: 'Puts things in boxes that only its opener opens.',
      es: 'Mete cosas en cajas que solo su abridor puede abrir.',
    },
    methods: {
      seal: {
        label: { en: 'Seal', es: 'Sellar' },
        args: [{ name: 'value', kind: 'facet' }],
        hidden: true,
      },
    },
  },
);

const UnsealerI: Described<Methods<'unseal' | 'isSealed'>> = describe(
  M.interface('Unsealer', {
    unseal: M.call(M.remotable('box')).returns(M.record()),
    isSealed: M.call(M.remotable('box')).returns(M.boolean()),
  }),
  {
    label: { en: 'An opener of sealed boxes', es: 'Un abridor de cajas selladas' },
    methods: {
      unseal: {
        label: { en: 'Open', es: 'Abrir' },
        args: [box],
        refusals: {
          invalid: {
            en: 'It was sealed by someone else, or is no box at all.',
            es: 'La selló alguien más, o no es una caja.',
          },
        },
        hidden: true,
      },
      isSealed: {
        label: { en: 'Can it be opened here?', es: '¿Se puede abrir aquí?' },
        args: [box],
        hidden: true,
      },
    },
  },
);

const makeBox = defineActor({
  name: 'SealedBox',
  state: { number: M.nat() },
  init: (number: bigint) => ({ number }),
  guards: { box: BoxI },
  facets: {
    box: {
      number(): bigint {
        return this.state.number;
      },
    },
  },
});

type Content = { readonly box: Facet<Box>; readonly value: unknown };
type Contents = DurableMap<bigint, Content>;

/** What this pair sealed in the box; undefined where it did not. */
const contentOf = (contents: Contents, alleged: Facet<Box>): Content | undefined => {
  // An object of another vat is none of ours and has no method here.
  const number = typeof alleged.number === 'function' ? alleged.number() : 0n;
  const content = contents.get(number);
  return content?.box === alleged ? content : undefined;
};

const makePair = defineActor({
  name: 'SealerPair',
  state: { label: LabelShape, contents: typed<Contents>(M.any()) },
  init: (label: string) => ({ label, contents: makeDurableMap<bigint, Content>() }),
  guards: { sealer: SealerI, unsealer: UnsealerI },
  facets: {
    sealer: {
      seal(value: unknown): Facet<Box> {
        const { contents } = this.state;
        const number = BigInt(contents.size()) + 1n;
        const { box: sealed } = makeBox(number);
        contents.set(number, { box: sealed, value });
        return sealed;
      },
    },
    unsealer: {
      unseal(alleged: Facet<Box>): Unsealed | Refusal {
        const content = contentOf(this.state.contents, alleged);
        return content === undefined ? refuse('invalid') : { ok: true, value: content.value };
      },
      isSealed(alleged: Facet<Box>): boolean {
        return contentOf(this.state.contents, alleged) !== undefined;
      },
    },
  },
});

/**
 * Makes a pair. Boxes are objects of this vat; they open in it, for whoever asks the unsealer from
 * wherever, and outlast restarts.
 *
 * @param label - what people call the pair. It is not shown on boxes.
 */
export const makeSealerKit = (
  label: string,
): { readonly sealer: Facet<Sealer>; readonly unsealer: Facet<Unsealer> } => {
  const { sealer, unsealer } = makePair(label);
  return { sealer, unsealer };
};
