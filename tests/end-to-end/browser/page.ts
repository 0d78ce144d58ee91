/** A page that is a client of a node: it holds references, and calls them with `E`. */
import '@pocas/vat-runtime/browser-lockdown';
import { E } from '@endo/far';
import type {
  OfferDesk,
  OrderDesk,
  OrderSeller,
  Participant,
  WalletOwner,
} from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import { pagePowers } from '@pocas/vat-runtime/browser';
import { type Session, connect } from '@pocas/vat-runtime/client';

const sessions = new Map<string, Session>();

const open = (sturdyRef: string): Promise<Session> => connect(sturdyRef, pagePowers());

// The casts say what the test's sturdy refs designate.
const walletOf = (person: string) => sessions.get(person)!.object as Promise<Facet<WalletOwner>>;
const placeOf = async (person: string, index: number) =>
  (await E(walletOf(person)).view()).places[index]! as unknown as Facet<Participant>;
const offersOf = async (person: string, index: number) =>
  (await E(await placeOf(person, index)).desk('offer')) as Facet<OfferDesk>;

const messageOf = (done: Promise<unknown>): Promise<string> =>
  done.then(
    () => 'done',
    (error: Error) => error.message,
  );

/** What the test can ask for, with data only. A place is named by its number in a person's wallet. */
const functions = {
  isLockedDown: () => Object.isFrozen(Object.prototype),
  makesCode() {
    try {
      return (0, eval)('true') === true;
    } catch {
      return false;
    }
  },

  async openWallet(person: string, sturdyRef: string) {
    sessions.set(person, await open(sturdyRef));
  },
  nameOf: async (person: string) => (await E(walletOf(person)).view()).name,
  /** Calls on the answer of a call that has not come yet. */
  payeeNameOf: async (person: string) => (await E(E(walletOf(person)).payee()).view()).name,
  async join(person: string, invitation: string) {
    const { ok } = await E(walletOf(person)).join(invitation, crypto.randomUUID());
    return ok;
  },

  async balance(person: string, index: number) {
    const { balance } = await E(await placeOf(person, index)).view();
    return String(balance);
  },
  async offers(person: string, index: number) {
    const { offers } = await E(await offersOf(person, index)).view();
    return offers.map(({ what }) => what);
  },
  async offer(person: string, index: number, what: string) {
    const { ok } = await E(await offersOf(person, index)).offer(
      what,
      '',
      4n,
      5n,
      crypto.randomUUID(),
    );
    return ok;
  },
  /** Hands back a reference that came from the far node, to that node. */
  async order(person: string, index: number, what: string) {
    const desk = await offersOf(person, index);
    const { offers } = await E(desk).view();
    const { offer } = offers.find((item) => item.what === what)!;
    const { ok } = await E(desk).order(offer, 2n, crypto.randomUUID());
    return ok;
  },
  /** Waits for news of one's place while another person offers something. */
  async hear(person: string, index: number, other: string, what: string) {
    const desk = await offersOf(person, index);
    const version = await E(desk).changes();
    const news = E(desk).changes(version);
    await functions.offer(other, 0, what);
    return (await news) !== version;
  },
  /** What comes of calling as a seller what one holds as a buyer. */
  async cheat(person: string, index: number) {
    const orders = (await E(await placeOf(person, index)).desk('order')) as Facet<OrderDesk>;
    const { purchases } = await E(orders).view();
    return messageOf(E(purchases[0]!.order as unknown as Facet<OrderSeller>).handOver());
  },

  /** What comes of opening what may open nothing. */
  async tryToOpen(sturdyRef: string): Promise<string> {
    try {
      const session = await open(sturdyRef);
      const message = await messageOf(session.object);
      session.close();
      return message;
    } catch (error) {
      return (error as Error).message;
    }
  },
  endOfSession: (person: string) => sessions.get(person)!.closed,
  tryToCall: (person: string) => messageOf(E(walletOf(person)).view()),
};

export type PageFunctions = typeof functions;

Object.assign(globalThis, { pocas: functions });
