/**
 * The script that runs before anything is drawn. It takes an invitation out of the address bar
 * at once, before a person can copy or photograph it, and posts it.
 */
export const earlyScript = `(() => {
  'use strict';
  document.documentElement.classList.add('scripted');
  const invitation = /^#[A-Za-z0-9_-]{32,128}$/;
  const take = () => {
    const { hash } = location;
    if (!invitation.test(hash)) return;
    history.replaceState(null, '', location.pathname);
    const send = () => {
      const door = document.getElementById('door');
      door.elements.secret.value = hash.slice(1);
      door.submit();
      door.reset();
    };
    if (document.readyState === 'loading') addEventListener('DOMContentLoaded', send, { once: true });
    else send();
  };
  take();
  addEventListener('hashchange', take);
  // A page from the back-forward cache shows what was, with request ids that were used.
  addEventListener('pageshow', (event) => {
    if (event.persisted) location.reload();
  });
})();
`;
