/**
 * The script that works with htmx on a page, as its extension `pocas`:
 *
 * - the address of the page is not sent along (`HX-Current-URL`);
 * - markup from the server passes Trusted Types by one policy, which makes no scripts;
 * - an update that the server pushes leaves alone each form that a person has begun, sent or not
 *   had an answer to. So its text stays, and above all its request id: sending it again repeats
 *   the same act;
 * - while the node does not answer, the page says that it may be old.
 */
export const pageScript = `(() => {
  'use strict';
  const policy = window.trustedTypes?.createPolicy('pocas', { createHTML: (text) => text });
  const begun = new WeakSet();
  let pushed = false;

  const offline = (is) => {
    const banner = document.getElementById('offline');
    const text = is ? banner.dataset.text : '';
    if (banner.textContent !== text) banner.textContent = text;
  };

  const isBegun = (form) =>
    begun.has(form) || form.hasAttribute('data-draft') || form.contains(document.activeElement);

  const finish = (form) => {
    begun.delete(form);
    form.removeAttribute('data-draft');
    const fold = form.closest('details');
    if (fold && form.contains(document.activeElement)) fold.querySelector('summary').focus();
    if (fold) fold.open = false;
    form.reset();
  };

  htmx.registerExtension('pocas', {
    init(api) {
      if (policy) api.initSecurity(policy);
    },
    htmx_config_request(element, { ctx }) {
      delete ctx.request.headers['HX-Current-URL'];
      if (element instanceof HTMLFormElement) begun.add(element);
    },
    htmx_before_swap(element, { ctx }) {
      const source = ctx.sourceElement;
      pushed = source?.id === 'live';
      if (!pushed && source instanceof HTMLFormElement && ctx.response?.status === 200) finish(source);
    },
    htmx_before_morph_node(node) {
      if (pushed && node instanceof HTMLFormElement && isBegun(node)) return false;
    },
    htmx_before_morph_attr(element, { attrName, newValue }) {
      if (attrName === 'open' && newValue === null && element instanceof HTMLDetailsElement) return false;
    },
  });

  document.addEventListener('input', (event) => {
    const form = event.target.form;
    if (form) begun.add(form);
  });

  let delay = 1000;
  document.addEventListener('htmx:error', ({ detail }) => {
    offline(true);
    const source = detail.ctx?.sourceElement;
    if (source?.id !== 'live') return;
    // The first connection failed; the extension retries only later ones.
    setTimeout(() => htmx.trigger(source, 'again', {}, false), delay * (0.75 + Math.random() / 2));
    delay = Math.min(delay * 2, 30000);
  });
  document.addEventListener('htmx:sse:error', () => offline(true));
  document.addEventListener('htmx:sse:after:connection', () => offline(false));
  document.addEventListener('htmx:after:request', () => offline(false));

  document.addEventListener('click', async (event) => {
    const button = event.target.closest?.('[data-copy]');
    if (!button) return;
    const field = document.getElementById(button.dataset.copy);
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      // Plain http has no clipboard interface.
      document.execCommand('copy');
    }
    button.textContent = button.dataset.copied;
  });
})();
`;
