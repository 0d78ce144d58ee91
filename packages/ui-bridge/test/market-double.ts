/**
 * Test doubles of a wallet and a market, with enough behind them to try pages by hand:
 * balances move, offers are ordered, orders are settled, and `changes` answers.
 */
import { randomBytes } from 'node:crypto';
import { Far } from '@endo/far';
import type { Description, FieldDescription } from '@pocas/vat-runtime';

const say = (en: string, es: string) => ({ en, es });
const request = { name: 'requestId', kind: 'requestId' } as const;
const unit = say('credits', 'créditos');
const refuse = (code: string) => harden({ ok: false, code });

/** A version that changes, and those who wait for the next. */
const makeVersion = () => {
  let version = 0;
  let waiting: (() => void)[] = [];
  return {
    bump() {
      version += 1;
      const all = waiting;
      waiting = [];
      for (const wake of all) wake();
    },
    async changes(since?: string) {
      if (since === String(version)) await new Promise<void>((resolve) => waiting.push(resolve));
      return String(version);
    },
  };
};

type Offer = {
  ref: object;
  title: string;
  price: bigint;
  left: bigint;
  maker: string;
  note: string;
};
type Order = { ref: object; title: string; quantity: bigint; total: bigint; state: string };

const orderStates: FieldDescription['values'] = {
  placed: say('Placed', 'Pedido'),
  ready: say('Ready', 'Listo'),
  accepted: say('Received', 'Recibido'),
  cancelled: say('Cancelled', 'Cancelado'),
};

/** A wallet with a market in it; `reception` is what an invitation leads to. */
export const makeMarketDouble = (): { wallet: object; reception: object; tick(): void } => {
  const version = makeVersion();
  const outcomes = new Map<string, unknown>();
  /** Keeps the first outcome of a request id. */
  const once = (id: string, act: () => unknown) => {
    if (!outcomes.has(id)) {
      outcomes.set(id, act());
      version.bump();
    }
    return outcomes.get(id);
  };
  let balance = 240n;
  const limit = 300n;
  const offers: Offer[] = [];
  const orders: Order[] = [];
  const history: { what: string; amount: bigint }[] = [
    { what: 'Two jars of honey, sold', amount: 60n },
    { what: 'Bread from Amaranta', amount: -18n },
  ];

  const offerWords: Description = { label: say('Offer', 'Oferta'), methods: {} };
  const makeOffer = (title: string, price: bigint, left: bigint, maker: string, note: string) => {
    const ref = Far('Offer', { __describe__: () => harden(offerWords) });
    offers.unshift({ ref, title, price, left, maker, note });
  };
  makeOffer(
    'Sourdough loaf',
    18n,
    6n,
    'Amaranta',
    'Baked on Tuesday and Friday mornings. Bring a cloth bag.',
  );
  makeOffer('Bicycle repair, one hour', 45n, 3n, 'Taller Sur', 'At the yard behind the library.');
  makeOffer('Seedling box: tomato, chili, basil', 32n, 12n, 'Milpa', '');
  makeOffer('Haircut', 40n, 2n, 'Lucía', 'At your place or mine.');

  const makeOrder = (offer: Offer, quantity: bigint) => {
    const order: Order = {
      ref: undefined as never,
      title: offer.title,
      quantity,
      total: offer.price * quantity,
      state: 'placed',
    };
    const open = () => order.state === 'placed' || order.state === 'ready';
    order.ref = Far('Order', {
      __describe__: () =>
        harden({
          label: say('Order', 'Pedido'),
          methods: open()
            ? {
                accept: {
                  label: say('Received', 'Recibido'),
                  args: [request],
                  confirm: say(
                    'The payment goes to the maker and cannot be taken back.',
                    'El pago va a quien lo hizo y no se puede deshacer.',
                  ),
                },
                cancel: { label: say('Cancel', 'Cancelar'), args: [request] },
              }
            : {},
        }),
      accept: (id: string) =>
        once(id, () => {
          if (!open()) return refuse('closed');
          order.state = 'accepted';
          history.unshift({ what: order.title, amount: -order.total });
          return harden({ ok: true });
        }),
      cancel: (id: string) =>
        once(id, () => {
          if (!open()) return refuse('closed');
          order.state = 'cancelled';
          offer.left += quantity;
          balance += order.total;
          return harden({ ok: true });
        }),
    });
    orders.unshift(order);
  };

  const marketWords: Description = {
    label: say('Soup market', 'Mercado de la sopa'),
    help: say(
      'Food and small work between neighbours. Prices are in credits of this market.',
      'Comida y trabajos pequeños entre vecinas y vecinos. Los precios son en créditos de este mercado.',
    ),
    view: 'look',
    changes: 'changes',
    fields: {
      epoch: { label: say('Week', 'Semana') },
      people: { label: say('People taking part', 'Personas que participan') },
      offers: {
        label: say('Offers', 'Ofertas'),
        item: {
          heading: 'title',
          fields: {
            title: { label: say('What', 'Qué') },
            note: { label: say('Note', 'Nota') },
            price: { label: say('Price', 'Precio'), unit },
            left: { label: say('Still there', 'Quedan') },
            maker: { label: say('By', 'De') },
          },
          empty: say('Nobody offers anything at the moment.', 'Nadie ofrece nada por el momento.'),
        },
      },
      orders: {
        label: say('My orders', 'Mis pedidos'),
        item: {
          heading: 'title',
          controls: 'order',
          fields: {
            title: { label: say('What', 'Qué') },
            quantity: { label: say('How many', 'Cuántos') },
            total: { label: say('In all', 'En total'), unit },
            state: { label: say('State', 'Estado'), values: orderStates },
          },
          empty: say('You have not ordered anything yet.', 'Todavía no has pedido nada.'),
        },
      },
    },
    methods: {
      order: {
        label: say('Order', 'Pedir'),
        args: [
          { name: 'offer', kind: 'facet', from: 'offers' },
          {
            name: 'quantity',
            kind: 'nat',
            label: say('How many', 'Cuántos'),
            initial: '1',
            min: 1n,
            max: 99n,
          },
          request,
        ],
      },
      makeOffer: {
        label: say('Offer something', 'Ofrecer algo'),
        help: say('Others see it at once.', 'Las demás personas lo ven en seguida.'),
        args: [
          { name: 'title', kind: 'text', label: say('What', 'Qué') },
          {
            name: 'note',
            kind: 'longText',
            label: say('Note', 'Nota'),
            help: say(
              'Where, when, what to bring. May stay empty.',
              'Dónde, cuándo, qué llevar. Puede quedar vacía.',
            ),
            initial: '',
          },
          { name: 'price', kind: 'nat', label: say('Price', 'Precio'), unit, min: 1n },
          { name: 'count', kind: 'nat', label: say('How many', 'Cuántos'), initial: '1', min: 1n },
          request,
        ],
      },
    },
  };
  const market = Far('Market', {
    __describe__: () => harden(marketWords),
    look: () =>
      harden({
        epoch: 31n,
        people: 48n,
        offers: offers.map(({ ref, title, price, left, maker, note }) => ({
          offer: ref,
          title,
          price,
          left,
          maker,
          ...(note === '' ? {} : { note }),
        })),
        orders: orders.map(({ ref, ...rest }) => ({ order: ref, ...rest })),
      }),
    changes: version.changes,
    order: (ref: object, quantity: bigint, id: string) =>
      once(id, () => {
        const offer = offers.find((one) => one.ref === ref);
        if (offer === undefined) return refuse('stale');
        if (offer.left < quantity) return refuse('insufficient');
        if (balance + limit < offer.price * quantity) return refuse('limit');
        offer.left -= quantity;
        balance -= offer.price * quantity;
        makeOrder(offer, quantity);
        return harden({ ok: true });
      }),
    makeOffer: (title: string, note: string, price: bigint, count: bigint, id: string) =>
      once(id, () => {
        makeOffer(title, price, count, 'Inés', note);
        return harden({ ok: true });
      }),
  });

  const away = Far('FarShelf', {
    __describe__: () => {
      throw new Error('link down');
    },
  });
  const shelf = Far('Shelf', {
    __describe__: () =>
      harden({ label: say('Shelf at the corner store', 'Estante en la tienda'), methods: {} }),
  });

  const walletWords: Description = {
    label: say('Wallet of Inés', 'Cartera de Inés'),
    view: 'look',
    changes: 'changes',
    fields: {
      balance: { label: say('Balance', 'Saldo'), unit },
      room: { label: say('Can still be spent', 'Aún se puede gastar'), unit },
      held: { label: say('Held for orders', 'Apartado para pedidos'), unit },
      standing: {
        label: say('Standing', 'Situación'),
        values: { good: say('All well', 'Todo en orden') },
      },
      shelf: { label: say('Shelf', 'Estante') },
      markets: { label: say('Market', 'Mercado'), embed: true },
      history: {
        label: say('Latest', 'Lo último'),
        item: {
          heading: 'what',
          fields: {
            what: { label: say('What', 'Qué') },
            amount: { label: say('Amount', 'Cantidad'), unit },
          },
        },
      },
      library: { label: say('Library of things', 'Biblioteca de cosas'), embed: true },
    },
    methods: {
      pay: {
        label: say('Pay', 'Pagar'),
        args: [
          { name: 'payee', kind: 'text', label: say('To whom', 'A quién') },
          {
            name: 'amount',
            kind: 'nat',
            label: say('Amount', 'Cantidad'),
            unit,
            min: 1n,
            max: 500n,
          },
          request,
        ],
        confirm: say('A payment cannot be taken back.', 'Un pago no se puede deshacer.'),
      },
      invite: {
        label: say('Invite somebody', 'Invitar a alguien'),
        help: say('Makes a link that works once.', 'Hace un enlace que sirve una vez.'),
        args: [request],
      },
      addSecret: {
        label: say('Add a secret', 'Agregar un secreto'),
        args: [{ name: 'secret', kind: 'secret', label: say('Secret', 'Secreto') }, request],
      },
    },
  };
  const wallet = Far('Wallet', {
    __describe__: () => harden(walletWords),
    look: () =>
      harden({
        balance,
        room: balance + limit,
        held: orders
          .filter(({ state }) => state === 'placed')
          .reduce((sum, { total }) => sum + total, 0n),
        standing: 'good',
        shelf,
        markets: market,
        history: history.map((one) => ({ ...one })),
        library: away,
      }),
    changes: version.changes,
    pay: (payee: string, amount: bigint, id: string) =>
      once(id, () => {
        if (balance + limit < amount) return refuse('limit');
        balance -= amount;
        history.unshift({ what: payee, amount: -amount });
        return harden({ ok: true });
      }),
    invite: (id: string) =>
      once(id, () => harden({ secret: randomBytes(32).toString('base64url') })),
    addSecret: () => refuse('invalid'),
  });

  const reception = Far('Reception', {
    __describe__: () =>
      harden({
        label: say('Reception of the Casa Común', 'Recepción de la Casa Común'),
        help: say(
          'Here you get a wallet of your own. Choose the name by which others will know you.',
          'Aquí recibes tu propia cartera. Elige el nombre con el que te conocerán.',
        ),
        methods: {
          join: {
            label: say('Join', 'Entrar'),
            args: [{ name: 'name', kind: 'text', label: say('Your name', 'Tu nombre') }, request],
          },
        },
      }),
    join: () => harden({ goto: wallet, home: true }),
  });

  return {
    wallet,
    reception,
    /** Something that others did. */
    tick() {
      balance += 1n;
      version.bump();
    },
  };
};
