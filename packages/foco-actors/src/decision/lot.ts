/** Drawing people by lot (SPEC F15, V6): a draw by commit and reveal among an electorate. */
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import {
  type DrawParticipant,
  type DrawPublic,
  makeDraw,
  shuffle,
} from '@pocas/vat-runtime/actors';
import type { BodyHub, ElectorRow } from './inside.ts';

type Electorate = DurableMap<bigint, ElectorRow>;

/** @param time - for promising and showing together, in milliseconds */
export const startLot = (
  hub: Facet<BodyHub>,
  purpose: string,
  time: bigint,
  electorate: Electorate,
): {
  readonly draw: Facet<DrawPublic>;
  readonly parts: readonly (readonly [number: bigint, part: Facet<DrawParticipant>])[];
} => {
  const { public: draw, participants } = makeDraw({
    // Lines divide the parts of a hashed text.
    participants: [...electorate.values()].map(({ name }) => name.replace(/[\n\r]/g, ' ')),
    commitWindow: time / 2n,
    revealWindow: time / 2n,
    clock: hub.clock(),
    timer: hub.timer(),
    purpose,
  });
  return { draw, parts: [...electorate.keys()].map((number, at) => [number, participants[at]!]) };
};

/** The names of those who were drawn. Whoever has the draw's result finds the same, in the order of the electorate. */
export const panelOf = (result: string, electorate: Electorate, seats: bigint): readonly string[] =>
  shuffle(result, [...electorate.values()])
    .slice(0, Number(seats))
    .map(({ name }) => name);
