/** What the program says to people at the terminal, in Spanish and English. Errors and help stay in English. */

const en = {
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
  market: (
    sturdyRef: string,
  ) => `An invitation to the market, for one person with a wallet elsewhere.
Paste it there, under “Join a market”:

  ${sturdyRef}
`,
};

const es: typeof en = {
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
  market: (
    sturdyRef,
  ) => `Una invitación al mercado, para una persona que tiene su cartera en otro lado.
Se pega allá, en «Entrar a un mercado»:

  ${sturdyRef}
`,
};

/** The words for the language of the terminal, as POSIX locale variables give it. */
export const wordsFor = ({ LC_ALL, LC_MESSAGES, LANG }: NodeJS.ProcessEnv): typeof en => {
  const locale = [LC_ALL, LC_MESSAGES, LANG].find((value) => value !== undefined && value !== '');
  return locale?.startsWith('es') ? es : en;
};
