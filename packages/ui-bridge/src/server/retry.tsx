/** What a person gets back of a form that could not be dealt with. */
import type { MethodDescription } from '@pocas/vat-runtime';
import { fieldName } from '../description/arguments.ts';
import type { Visit } from '../session/visits.ts';
import { Control } from '../view/control.tsx';
import type { OnItem } from '../view/control.tsx';
import type { PageParts } from '../view/layout.tsx';
import { makeRendering } from '../view/rendering.ts';
import type { Draft } from '../view/rendering.ts';
import type { FormFields } from './form.ts';
import type { Scene } from './scene.ts';

/** What was written, to be shown again. Hidden values and secrets are not among it. */
export const writtenIn = (method: MethodDescription, field: FormFields): Map<string, string> => {
  const written = new Map<string, string>();
  for (const { name, kind } of method.args) {
    const text = field(fieldName(name));
    if (text === undefined || kind === 'secret' || kind === 'requestId') continue;
    written.set(name, text);
  }
  return written;
};

/** A form as it was sent. */
export type Sent = {
  readonly facet: object;
  /** The facet whose page it stood on. */
  readonly page: object;
  readonly name: string;
  readonly method: MethodDescription;
  readonly label: string;
  readonly item: OnItem | undefined;
  readonly draft: Draft;
};

/**
 * The page after a call without an answer: only the form, with its request id, made from what is
 * known. The facet is not asked again, since it would keep the person from sending it once more.
 */
export const retryParts = (
  scene: Scene,
  visit: Visit,
  form: Sent,
  freshRequestId: () => string,
): PageParts => {
  const { addressOf } = visit.book;
  const look = {
    facet: form.facet,
    address: addressOf(form.facet),
    description: undefined,
    view: undefined,
    reachable: true,
  };
  const root = { ...look, facet: form.page, address: addressOf(form.page) };
  const r = makeRendering(
    scene.language,
    { root, parts: new Map(), addressOf },
    freshRequestId,
    form.draft,
  );
  const children = (
    <section class="narrow">
      <h1>{form.label}</h1>
      <Control r={r} look={look} name={form.name} method={form.method} on={form.item} />
      <p>
        <a class="link" href={`/c/${root.address}`}>
          {scene.words.back}
        </a>
      </p>
    </section>
  );
  return { title: form.label, children };
};
