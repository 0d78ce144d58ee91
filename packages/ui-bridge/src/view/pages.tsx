/** Pages that are not a facet: the landing page, the list of what is held, leaving, and plain messages. */
import type { Markup } from './markup.ts';
import type { Language } from '../description/language.ts';
import type { FacetLook } from './look.ts';
import { Icon } from './icons.tsx';
import { Token } from './layout.tsx';
import type { Words } from './messages.ts';
import { say } from './rendering.ts';

/** Asks for an invitation. What is typed is sent in a body, and never comes back in a page. */
export const EnterPage = ({
  words,
  token,
  siteTitle,
  greet,
  wrong = false,
}: {
  words: Words;
  token: string;
  siteTitle: string;
  /** Whether this is the first page a stranger sees. */
  greet: boolean;
  wrong?: boolean;
}): Markup => (
  <section class="narrow">
    {greet ? (
      <header class="hero">
        <Icon name="sprout" />
        <p class="eyebrow">{siteTitle}</p>
        <h1>{words.landingTitle}</h1>
        <p class="lead">{words.landingLead}</p>
      </header>
    ) : wrong ? (
      <header>
        <h1>{words.enteredWrong}</h1>
        <p class="lead">{words.enteredWrongHelp}</p>
      </header>
    ) : (
      <header>
        <h1>{words.useInvitation}</h1>
      </header>
    )}
    <form class="form card" method="post" action="/enter" autocomplete="off">
      <Token token={token} />
      <div class="field">
        <label for="secret">{words.landingLabel}</label>
        <p class="help" id="secret.help">
          {words.landingHelp}
        </p>
        <input
          id="secret"
          name="secret"
          type="text"
          required
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          aria-describedby="secret.help"
        />
      </div>
      <button type="submit">{words.landingSubmit}</button>
    </form>
    {greet ? (
      <p>
        <a class="link" href="/home">
          {words.landingKnown}
          <Icon name="arrow" />
        </a>
      </p>
    ) : (
      ''
    )}
  </section>
);

/** A title, a sentence, and a way on. */
export const MessagePage = ({
  title,
  text,
  back,
}: {
  title: string;
  text: string;
  back: { href: string; label: string };
}): Markup => (
  <section class="narrow">
    <h1>{title}</h1>
    <p class="lead">{text}</p>
    <p>
      <a class="link" href={back.href}>
        {back.label}
        <Icon name="arrow" />
      </a>
    </p>
  </section>
);

export const HeldPage = ({
  words,
  language,
  looks,
}: {
  words: Words;
  language: Language;
  looks: readonly FacetLook[];
}): Markup => (
  <section class="narrow">
    <h1>{words.heldTitle}</h1>
    <p class="lead">{looks.length === 0 ? words.heldEmpty : words.heldHelp}</p>
    <ul class="items column">
      {looks.map(({ address, description }) => (
        <li class="item">
          <a class="link" href={`/c/${address}`}>
            {description === undefined ? words.unreachable : say(description.label, language)}
            <Icon name="arrow" />
          </a>
          {description?.help === undefined ? (
            ''
          ) : (
            <p class="help">{say(description.help, language)}</p>
          )}
        </li>
      ))}
    </ul>
  </section>
);

export const LeavePage = ({ words, token }: { words: Words; token: string }): Markup => (
  <section class="narrow">
    <h1>{words.leaveTitle}</h1>
    <p class="lead">{words.leaveHelp}</p>
    <form class="form" method="post" action="/leave">
      <Token token={token} />
      <button type="submit" class="grave">
        {words.leaveSubmit}
      </button>
    </form>
    <p>
      <a class="link" href="/home">
        {words.back}
      </a>
    </p>
  </section>
);
