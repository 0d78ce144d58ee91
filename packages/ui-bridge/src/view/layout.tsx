/** The frame of every page. */
import type { Inner, Markup } from './markup.ts';
import { words as catalogue } from './messages.ts';
import type { Language } from '../description/language.ts';
import { Icon } from './icons.tsx';

/** Paths of the assets, made from their contents. */
export type AssetPaths = {
  readonly style: string;
  readonly early: string;
  readonly script: string;
  readonly icon: string;
};

export type Frame = {
  readonly language: Language;
  readonly assets: AssetPaths;
  readonly siteTitle: string;
  /** Goes with the forms that stand at addresses anyone can guess. */
  readonly token: string;
  /** Where the language form leads back to: a path of ours without secrets. */
  readonly here: string;
  /** Whether the browser holds something here. */
  readonly known: boolean;
};

// No code is made from text, and only our own extensions may register.
// History stays the browser's own: the address of a page does not change while it is open.
const htmxConfig = JSON.stringify({
  extensions: 'sse, pocas',
  includeIndicatorCSS: false,
  history: false,
  defaultTimeout: 20_000,
});

const Token = ({ token }: { token: string }): Markup => (
  <input type="hidden" name="token" value={token} />
);

const LanguageForm = ({ frame }: { frame: Frame }): Markup => {
  const other: Language = frame.language === 'en' ? 'es' : 'en';
  return (
    <form method="post" action="/lang">
      <Token token={frame.token} />
      <input type="hidden" name="lang" value={other} />
      <input type="hidden" name="here" value={frame.here} />
      <button type="submit" class="plain-button" lang={other}>
        {catalogue[frame.language].otherLanguage}
      </button>
    </form>
  );
};

export type PageParts = {
  title: string;
  notice?: string;
  answer?: Inner;
  /** The address of the page's facet, for its event stream. */
  live?: string;
  children: Inner;
};

/**
 * The document. `#page` is what live updates replace; what an act answered stands outside it,
 * in `#notice` and `#answer`, so that an update does not take it away.
 */
export const Layout = ({ frame, parts }: { frame: Frame; parts: PageParts }): Markup => {
  const { language, assets, siteTitle, token, known } = frame;
  const words = catalogue[language];
  return (
    <html lang={language}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{parts.title === siteTitle ? siteTitle : `${parts.title} · ${siteTitle}`}</title>
        <script src={assets.early}></script>
        <link rel="stylesheet" href={assets.style} />
        <link rel="icon" type="image/svg+xml" href={assets.icon} />
        <meta name="htmx-config" content={htmxConfig} />
        <script src={assets.script} defer></script>
      </head>
      <body>
        <a class="skip" href="#main">
          {words.skip}
        </a>
        <header class="site">
          <a class="brand" href="/">
            <Icon name="sprout" />
            <span>{siteTitle}</span>
          </a>
          <LanguageForm frame={frame} />
        </header>
        <div id="offline" class="banner" role="status" data-text={words.offline}></div>
        <main id="main" tabindex={-1} hx-target:inherited="#page" hx-swap:inherited="innerMorph">
          <div id="notice" class="notice" role="status">
            <Notice text={parts.notice} />
          </div>
          <div id="answer">{parts.answer ?? ''}</div>
          <div id="page">{parts.children}</div>
        </main>
        <footer class="site">
          <nav aria-label={siteTitle}>
            <ul>
              {known ? (
                <li>
                  <a href="/held">{words.held}</a>
                </li>
              ) : (
                ''
              )}
              <li>
                <a href="/enter">{words.useInvitation}</a>
              </li>
              {known ? (
                <li>
                  <a href="/leave">{words.leave}</a>
                </li>
              ) : (
                ''
              )}
            </ul>
          </nav>
        </footer>
        <form id="door" method="post" action="/enter" hidden>
          <Token token={token} />
          <input type="hidden" name="secret" value="" autocomplete="off" />
        </form>
        {parts.live === undefined ? (
          ''
        ) : (
          <div
            id="live"
            hidden
            {...{ 'hx-sse:connect': `/c/${parts.live}/events` }}
            hx-trigger="load, again"
            hx-target="#page"
            hx-swap="innerMorph"
          ></div>
        )}
      </body>
    </html>
  );
};

const Notice = ({ text }: { text: string | undefined }): Markup =>
  text === undefined ? (
    <></>
  ) : (
    <p>
      <Icon name="check" />
      <span>{text}</span>
    </p>
  );

/** What htmx asked for: the page's inside, and what belongs into the places above it. */
export const Partial = ({ parts }: { parts: PageParts }): Markup => (
  <>
    {parts.children}
    <hx-partial hx-target="#notice" hx-swap="innerHTML">
      <Notice text={parts.notice} />
    </hx-partial>
    <hx-partial hx-target="#answer" hx-swap="innerHTML">
      {parts.answer ?? ''}
    </hx-partial>
  </>
);

export { Token };
