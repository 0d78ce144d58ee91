/** A custodian that lies in a way that the test chooses, over an honest one in the same vat. */
import { M } from '@endo/patterns';
import type { Clock, Dealing, Facet } from '@pocas/vat-runtime';
import {
  defineActor,
  hmac,
  pedersen,
  schnorr,
  sealedTo,
  threshold,
  typed,
} from '@pocas/vat-runtime';
import type { JournalEntry, Refusal } from '@pocas/vat-runtime/actors';
import { makeCustodian } from '#src/custody/custodian.js';
import type { CustodyKeeper } from '#src/custody/types.js';
import { answerContext, answerText, contextOf, purposeOf, writeAnswer } from '#src/vault/texts.js';
import type {
  Answered,
  Custodian,
  Dealt,
  Making,
  Question,
  RequestFacts,
  SignedHead,
} from '#src/vault/types.js';

export type Lie =
  | 'none'
  | 'silent'
  | 'swapped shares'
  | 'garbage dealing'
  | 'false complaint'
  | 'unsigned answer'
  | 'answer of another segment'
  | 'garbage'
  | 'wrong share'
  | 'sealed nonsense';

const any = { defaultGuards: 'passable' } as const;

const makeLiar = defineActor({
  name: 'LyingCustodian',
  state: {
    lie: typed<Lie>(M.string()),
    honest: typed<Facet<Custodian>>(M.remotable('honest')),
    keeper: typed<Facet<CustodyKeeper>>(M.remotable('keeper')),
    earlier: typed<Answered | undefined>(M.any()),
    secretKey: M.string(),
    index: M.nat(),
    asked: typed<JournalEntry | undefined>(M.any()),
    head: typed<SignedHead | undefined>(M.any()),
  },
  init: (keeper: Facet<CustodyKeeper>, secret: string) => ({
    secretKey: pedersen.scalar(hmac(secret, 'pocas custody key')),
    ...{ asked: undefined, head: undefined, index: 0n },
    ...{ lie: 'none' as Lie, honest: keeper.custodian(), keeper, earlier: undefined },
  }),
  guards: {
    liar: M.interface('Liar', {}, any),
    custodian: M.interface('LyingCustodian', {}, any),
    forger: M.interface('Forger', {}, any),
  },
  facets: {
    liar: {
      setLie(lie: Lie): void {
        this.state.lie = lie;
      },
      keeper(): Facet<CustodyKeeper> {
        return this.state.keeper;
      },
      custodian() {
        return this.facets.custodian;
      },
    },
    custodian: {
      deal(making: Making): Dealt | Refusal {
        const { lie, honest } = this.state;
        if (lie === 'silent') throw Error('nobody is there');
        const dealt = honest.deal(making);
        if (!dealt.ok) return dealt;
        const { dealing } = dealt;
        if (lie === 'garbage dealing') return { ok: true, dealing: { ...dealing, proof: 'AAAA' } };
        if (lie === 'swapped shares') {
          // Not signed anew, so whoever looks sees it.
          const sealed = dealing.sealed.toReversed();
          return { ok: true, dealing: { ...dealing, sealed } };
        }
        return dealt;
      },
      check(making: Making, dealings: readonly Dealing[]) {
        const { lie, honest } = this.state;
        if (lie === 'silent') throw Error('nobody is there');
        const own = schnorr.publicKey(this.state.secretKey);
        this.state.index = making.members.find(({ key }) => key === own)!.index;
        const checked = honest.check(making, dealings);
        if (lie !== 'false complaint') return checked;
        return { ok: true, complaints: [{ dealer: 1n, complaint: 'AAAA' }] };
      },
      confirm(version: bigint, dealers: readonly bigint[]) {
        if (this.state.lie === 'silent') throw Error('nobody is there');
        return this.state.honest.confirm(version, dealers);
      },
      activate(version: bigint, confirmations: never, dealings: never) {
        return this.state.honest.activate(version, confirmations, dealings);
      },
      notice(entries: readonly JournalEntry[], head: SignedHead) {
        this.state.asked = entries.find(({ kind }) => kind === 'request') ?? this.state.asked;
        this.state.head = head;
        if (this.state.lie === 'silent') throw Error('nobody is there');
        return this.state.honest.notice(entries, head);
      },
      open(question: Question): unknown {
        const { lie, honest, earlier } = this.state;
        if (lie === 'silent') throw Error('nobody is there');
        if (lie === 'garbage') return { ok: true, answers: 'what?' };
        if (lie === 'answer of another segment' && earlier !== undefined) return earlier;
        const answer = honest.open(question);
        if (!answer.ok) return answer;
        this.state.earlier = answer;
        if (lie === 'wrong share' || lie === 'sealed nonsense')
          return this.facets.forger.forge(question, lie);
        if (lie !== 'unsigned answer') return answer;
        const answers = answer.answers.map((one) => ({
          ...one,
          signature: one.sealed.slice(0, 86),
        }));
        return { ok: true, answers };
      },
    },
    forger: {
      /** Well signed, and well sealed, and not the part. */
      forge({ seal, version, request }: Question, lie: Lie): Answered {
        const { asked, head, secretKey } = this.state;
        const facts = asked!.facts as RequestFacts;
        const purpose = purposeOf(seal.vault, request, asked!.hash, seal.segment);
        const random = hmac(secretKey, 'forged');
        const index = this.state.index;
        const share = { index, secret: pedersen.scalar(random) };
        const part = threshold.open(share, seal.encapsulation, contextOf(seal), purpose, random);
        const text = lie === 'sealed nonsense' ? 'nonsense' : writeAnswer(part, head!);
        const answers = facts.viewers.map(({ key: viewer }) => {
          const context = answerContext(purpose, version, index);
          const sealed = sealedTo.seal(viewer, text, context, random);
          const said = answerText(purpose, version, index, viewer, sealed);
          return { viewer, sealed, signature: schnorr.sign(secretKey, said, random) };
        });
        return { ok: true, answers };
      },
    },
  },
});

export const make = (
  { clock }: { clock: Clock },
  { name, secret }: { name: string; secret: string },
) => makeLiar(makeCustodian(name, secret, clock), secret).liar;
