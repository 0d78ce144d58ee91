/** `@endo/patterns` as a module finds it: `M` answers from memory what an earlier load of it asked. */
import harden from '@endo/harden';
import * as patterns from '@endo/patterns';
import type { Recall } from './recall.ts';

const stock = patterns.M as unknown as Record<string, (...args: unknown[]) => unknown>;

/** Without arguments these answer one and the same pattern each time. */
const constants = [
  ...['any', 'scalar', 'key', 'pattern', 'boolean', 'number', 'bigint', 'nat', 'string', 'symbol'],
  ...['record', 'array', 'byteArray', 'set', 'bag', 'map', 'remotable', 'error', 'promise'],
  'undefined',
];

/** These make a pattern or a guard. Others are not used often enough, or may answer what they are given. */
const makers = [
  ...['and', 'or', 'not', 'kind', 'bigint', 'nat', 'string', 'record', 'array', 'remotable'],
  ...['promise', 'lt', 'lte', 'gte', 'gt', 'recordOf', 'arrayOf', 'mapOf', 'setOf'],
  ...['splitArray', 'splitRecord', 'eref', 'opt', 'await', 'raw'],
];

/** What `M.call` answers: it makes a guard step by step. */
type GuardMaker = Record<'optional' | 'rest' | 'returns', (...args: unknown[]) => unknown>;

export const makePatterns = ({ ask, admit }: Recall): object => {
  for (const name of constants) admit(stock[name]!() as object);

  const remember = (maker: GuardMaker): GuardMaker => {
    const step =
      (name: 'optional' | 'rest', from: () => GuardMaker) =>
      (...args: unknown[]) =>
        ask(name, [from(), ...args], ([, ...given]) =>
          remember(maker[name](...given) as GuardMaker),
        );
    const self: GuardMaker = harden({
      optional: step('optional', () => self),
      rest: step('rest', () => self),
      returns: (...args: unknown[]) =>
        ask('returns', [self, ...args], ([, ...given]) => maker.returns(...given)),
    });
    return self;
  };

  const own: Record<string, (...args: unknown[]) => unknown> = {};
  for (const name of makers) {
    own[name] = (...args) => {
      if (args.length === 0 && constants.includes(name)) return stock[name]!();
      const answer = ask(name, args, (given) => stock[name]!(...given));
      // As the maker does with what the pattern is made of.
      for (const part of args) harden(part);
      return answer;
    };
  }
  // An object must be hardened already, or it is refused.
  own['neq'] = (key) =>
    Object(key) === key ? stock['neq']!(key) : ask('neq', [key], ([given]) => stock['neq']!(given));
  for (const name of ['call', 'callWhen']) {
    own[name] = (...args) =>
      ask(name, args, (given) => remember(stock[name]!(...given) as GuardMaker));
  }
  own['interface'] = (...args) => ask('interface', args, (given) => stock['interface']!(...given));
  return harden({ ...patterns, M: { ...stock, ...own } });
};
