/** What the program says to people at the terminal, in Spanish and English. Errors and help stay in English. */
import type { Report } from './audit-markets.ts';

/** What `pocas audit` says of one market. */
type Audited = Pick<Report, 'market' | 'epoch' | 'accounts' | 'digest' | 'balance' | 'isNew'>;

const en = {
  language: 'en' as 'en' | 'es',
  audit: (
    { market, epoch, accounts, digest, balance, isNew }: Audited,
    faults: readonly string[],
  ): string => {
    if (epoch === undefined) return `${market}: no epoch has been audited yet.\n`;
    const own = isNew
      ? 'A word was drawn for your entry; from the next audit on it is looked at too.'
      : `Your entry opens to a balance of ${balance}.`;
    const found = faults.length === 0 ? `Nothing is wrong. ${own}` : faults.join('\n  ');
    return `${market}, epoch ${epoch}, ${accounts} accounts:\n  ${found}\n  Its mark, which others must have too: ${digest}\n`;
  },
  running: (url: string, directory: string) => `
Your node is running. Open this address; it is the key to the wallet, so keep it to yourself:

  ${url}

Data: ${directory}
Ctrl+C stops the node. To invite someone, from another terminal: pocas invite
`,
  welcome: (url: string) => `
An invitation for one person. Whoever opens it and comes in gets a wallet here:

  ${url}
`,
  freeStore: (url: string) => `
A free store is open. This address is for whoever looks after it, and is shown once.
There you find the shelf itself, and the text for a poster:

  ${url}
`,
  market: (
    sturdyRef: string,
  ) => `An invitation to the market, for one person with a wallet elsewhere.
Paste it there, under “Join a place”:

  ${sturdyRef}
`,
};

const es: typeof en = {
  language: 'es',
  audit: ({ market, epoch, accounts, digest, balance, isNew }, faults) => {
    if (epoch === undefined) return `${market}: aún no se ha auditado ninguna época.\n`;
    const own = isNew
      ? 'Se sorteó una palabra para tu entrada; desde la próxima auditoría también se revisa.'
      : `Tu entrada se abre con un saldo de ${balance}.`;
    const found = faults.length === 0 ? `Todo está en orden. ${own}` : faults.join('\n  ');
    return `${market}, época ${epoch}, ${accounts} cuentas:\n  ${found}\n  Su marca, que otros deben tener igual: ${digest}\n`;
  },
  running: (url, directory) => `
Tu nodo está en marcha. Abre esta dirección; es la llave de la cartera, así que guárdala para ti:

  ${url}

Datos: ${directory}
Ctrl+C detiene el nodo. Para invitar a alguien, desde otra terminal: pocas invite
`,
  welcome: (url) => `
Una invitación para una persona. Quien la abra y entre tendrá aquí su cartera:

  ${url}
`,
  freeStore: (url) => `
Ya está abierta una tienda gratis. Esta dirección es para quien la cuida, y se muestra una sola vez.
Ahí están la repisa misma y el texto para un cartel:

  ${url}
`,
  market: (
    sturdyRef,
  ) => `Una invitación al mercado, para una persona que tiene su cartera en otro lado.
Se pega allá, en «Entrar a un lugar»:

  ${sturdyRef}
`,
};

/** The words for the language of the terminal, as POSIX locale variables give it. */
export const wordsFor = ({ LC_ALL, LC_MESSAGES, LANG }: NodeJS.ProcessEnv): typeof en => {
  const locale = [LC_ALL, LC_MESSAGES, LANG].find((value) => value !== undefined && value !== '');
  return locale?.startsWith('es') ? es : en;
};
