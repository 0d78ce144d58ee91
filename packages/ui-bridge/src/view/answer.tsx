/** What stands above the page after an act: mistakes, a refusal, a missing answer, or a secret. */
import type { Description, MethodDescription } from '@pocas/vat-runtime';
import type { Inner, Markup } from './markup.ts';
import { encodeQR } from 'qr';
import type { Language } from '../description/language.ts';
import { fieldId, mistakeText } from './control.tsx';
import { Icon } from './icons.tsx';
import type { Words } from './messages.ts';
import { say } from './rendering.ts';
import type { Draft } from './rendering.ts';

type Said = { words: Words; language: Language };

/** A message that takes the focus, so that it is read first. */
const Panel = ({
  kind,
  icon,
  title,
  children,
}: {
  kind: 'bad' | 'good';
  icon: 'alert' | 'key' | 'cloud';
  title: string;
  children: Inner;
}): Markup => (
  <section class={`panel ${kind}`} tabindex={-1} autofocus aria-labelledby="answer.title">
    <Icon name={icon} />
    <div>
      <h2 id="answer.title">{title}</h2>
      {children}
    </div>
  </section>
);

/** The error summary: each mistake links to its field. */
export const MistakesAnswer = ({
  words,
  language,
  draft,
  method,
}: Said & { draft: Draft; method: MethodDescription }): Markup => (
  <Panel kind="bad" icon="alert" title={words.mistakesTitle}>
    <ul>
      {[...draft.mistakes].map(([name, mistake]) => {
        const label = method.args.find((argument) => argument.name === name)?.label;
        return (
          <li>
            <a href={`#${fieldId(draft.key, name)}`}>
              {label === undefined ? name : say(label, language)}
            </a>
            {': '}
            {mistakeText(mistake, words, language)}
          </li>
        );
      })}
    </ul>
  </Panel>
);

/** A refusal in the method's own words, or in general ones. A code that we do not know is said to be without a reason. */
export const RefusalAnswer = ({
  words,
  language,
  code,
  method,
}: Said & { code: unknown; method: MethodDescription }): Markup => {
  const own = Object.entries(method.refusals ?? {}).find(([key]) => key === code);
  const known = Object.entries(words.refusals).find(([key]) => key === code && key !== 'other');
  return (
    <Panel kind="bad" icon="alert" title={words.refusedTitle}>
      <p>{own === undefined ? (known?.[1] ?? words.refusals.other) : say(own[1], language)}</p>
    </Panel>
  );
};

/** Nothing was done, and why. */
export const NothingDoneAnswer = ({ title, text }: { title: string; text: string }): Markup => (
  <Panel kind="bad" icon="alert" title={title}>
    <p>{text}</p>
  </Panel>
);

/** Nobody knows whether it was done. With a request id that does not matter; without, the person must look. */
export const UnknownAnswer = ({
  words,
  repeatable,
}: {
  words: Words;
  repeatable: boolean;
}): Markup => (
  <Panel kind="bad" icon="cloud" title={words.unknownTitle}>
    <p>{repeatable ? words.unknownRepeat : words.unknownOnce}</p>
  </Panel>
);

const Qr = ({ text, label }: { text: string; label: string }): Markup => {
  const rows = encodeQR(text, 'raw', { ecc: 'medium', border: 3 });
  const path = rows
    .flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])))
    .join('');
  return (
    <svg class="qr" viewBox={`0 0 ${rows.length} ${rows.length}`} role="img" aria-label={label}>
      <path d={path} />
    </svg>
  );
};

// A QR code of the least redundancy holds 2,953 bytes; ours keeps more for a scratched screen.
const maxQrText = 1_200;

/** Shows a secret, once: in the answer to a POST, never in an address. */
export const SecretAnswer = ({
  words,
  language,
  secret,
  method,
  next,
}: Said & {
  secret: string;
  method: Description['methods'][string];
  /** Where to go on, if the answer named a facet as well. */
  next: string | undefined;
}): Markup => (
  <Panel kind="good" icon="key" title={words.secretTitle}>
    <p>{words.secretHelp}</p>
    <div class="secret">
      <label for="answer.secret">{say(method.label, language)}</label>
      <textarea id="answer.secret" readonly rows={3} spellcheck={false} autocomplete="off">
        {secret}
      </textarea>
      <button
        type="button"
        class="needs-script"
        data-copy="answer.secret"
        data-copied={words.copied}
      >
        {words.copy}
      </button>
    </div>
    {secret.length > maxQrText ? '' : <Qr text={secret} label={words.qr} />}
    {next === undefined ? (
      ''
    ) : (
      <p>
        <a class="link" href={next}>
          {words.continue}
          <Icon name="arrow" />
        </a>
      </p>
    )}
  </Panel>
);
