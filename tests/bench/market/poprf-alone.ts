/**
 * What `@noble/curves` computes for the tokens of one blind order, and nothing else: each is blinded,
 * evaluated with a proof, finalized (which checks it), and evaluated again when it is spent.
 */
import { ristretto255_oprf as suite } from '@noble/curves/ed25519.js';
import { serve } from '../serve.ts';
import { modesOf, pack } from './modes.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

serve(async () => {
  const info = bytes('Tianguis, this epoch');
  const poprf = suite.poprf(info);
  /** Tokens of one kind are evaluated together, with one proof. */
  const kinds = [...new Set(pack)].map((denom) => ({
    many: pack.filter((one) => one === denom).length,
    ...poprf.deriveKeyPair(new Uint8Array(32).fill(Number(denom)), bytes(String(denom))),
  }));
  let tokens = 0;
  const computeOrder = () => {
    for (const { many, secretKey, publicKey } of kinds) {
      const asked = Array.from({ length: many }, () => {
        tokens += 1;
        const input = bytes(`token ${tokens}`);
        return { input, ...poprf.blind(input, publicKey) };
      });
      const { evaluated, proof } = poprf.blindEvaluateBatch(
        secretKey,
        asked.map(({ blinded }) => blinded),
      );
      const outputs = poprf.finalizeBatch(
        asked.map(({ input, blind, blinded }, i) => ({
          ...{ input, blind, blinded },
          evaluated: evaluated[i]!,
        })),
        proof,
        asked[0]!.tweakedKey,
      );
      for (const [i, { input }] of asked.entries()) {
        if (outputs[i]!.join() !== poprf.evaluate(secretKey, input).join())
          throw Error('Cannot measure: a token is not good');
      }
    }
  };
  return { modes: modesOf(async () => computeOrder()) };
});
