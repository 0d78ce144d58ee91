/**
 * The node's power to run modules from elsewhere as guests (docs/decisions/0011), as a repository holds it.
 *
 * Of what it is told it believes nothing: the text is held against its hash, the powers against the closed list. A
 * guest has an owner of its own, so a process of its own, and is given what was declared and nothing else. The owner
 * follows from the order and from the repository that gives it: whoever repeats an order finds the guest that it made,
 * and no repository comes to the guests of another.
 */
import { createHash, randomBytes } from 'node:crypto';
import { M } from '@endo/patterns';
import {
  type Installed,
  type Installer,
  type Order,
  type PowerName,
  hashModule,
  isPower,
  isWhole,
  maxModule,
} from '@pocas/foco-actors';
import { type Facet, deliveryOf } from '@pocas/vat-runtime';
import type { Refusal, RefusalCode } from '@pocas/vat-runtime/actors';
import { type PocasNode, hashBundle, makePower } from '@pocas/vat-runtime/node';

const text = (stringLengthLimit: number) => M.string({ stringLengthLimit });
const OrderShape = M.splitRecord(
  {
    key: text(100),
    hash: text(43),
    text: text(maxModule),
    powers: M.arrayOf(text(40), { arrayLengthLimit: 16 }),
    // Data only: a reference in it would be a power that nobody declared.
    params: M.splitRecord(
      { name: text(100), charter: M.recordOf(text(60), M.nat(), { numPropertiesLimit: 30 }) },
      {},
      {},
    ),
  },
  {},
  {},
);
const InstallerI = M.interface('Installer', { install: M.call(OrderShape).returns(M.promise()) });

const refuse = (code: RefusalCode): Refusal => ({ ok: false, code });

type Powers = Readonly<Record<PowerName, () => unknown>>;

/** 32 lower-case letters and digits, of 155 bits. */
const ownerOf = (whose: string, { key, hash, powers, params }: Order): string => {
  const charter = Object.entries(params.charter).map(([name, value]) => [name, String(value)]);
  const all = JSON.stringify(['pocas guest', whose, key, hash, powers, params.name, charter]);
  return `g${createHash('sha256').update(all).digest('hex').slice(0, 31)}`;
};

/** @param whose - names the vat that holds it, see `definePowerOfEach` */
const makeInstaller = (node: PocasNode, whose: string): Installer => {
  const { clock, timer, grantor, enlivener } = node;
  const powersOf: Powers = {
    ...{ clock: () => clock, timer: () => timer },
    ...{ grantor: () => grantor, enlivener: () => enlivener },
    secret: () => randomBytes(32).toString('base64url'),
  };
  return makePower<Installer>('Installer', InstallerI, {
    async install(order): Promise<Installed | Refusal> {
      const { hash, powers, params } = order;
      if (!isWhole(order.text) || hashModule(order.text) !== hash) return refuse('invalid');
      if (!powers.every(isPower) || new Set(powers).size !== powers.length)
        return refuse('unsupported');
      try {
        const root = await node.makeOnlyVat({
          module: { hash: hashBundle(order.text), text: order.text },
          label: 'protocolito',
          owner: ownerOf(whose, order),
          powers: Object.fromEntries(powers.map((name) => [name, powersOf[name as PowerName]()])),
          params,
        });
        // The cast says that it is a reference: the runtime lets a module answer nothing else.
        return { ok: true, root: root as Facet<object> };
      } catch (error) {
        const fate = deliveryOf(error);
        // Of those nobody knows, and whoever asks again finds out.
        if (fate === 'no' || fate === 'unknown') throw error;
        // The module threw, or was stopped. What it says of that is nobody's to read.
        return refuse('invalid');
      }
    },
  });
};

/** Defines the power. To be called once at every start. */
export const defineInstaller = (node: PocasNode): Facet<Installer> =>
  // The cast says what it is to the vats that hold it.
  node.definePowerOfEach('installer', (whose) =>
    makeInstaller(node, whose),
  ) as unknown as Facet<Installer>;
