/**
 * What stands between a request and the rooms behind it.
 *
 * A forged request from another site meets these, each sufficient in a browser of today:
 *
 * 1. Cookies are `SameSite=Strict`: a request that another site starts carries none, so it reaches
 *    no session. (Strict and not Lax, since nothing here needs a cookie on arrival from elsewhere:
 *    an invitation is posted by our own landing page, which *is* same-site, and a link from a chat
 *    leads to the landing page, one press away from home.)
 * 2. To act on a facet one must know its address: 128 bits that depend on the session.
 *    It serves as the form's token. `/enter`, `/leave` and `/lang` have addresses that anyone
 *    knows; their forms carry a token made from the cookie.
 * 3. `Sec-Fetch-Site` and `Origin`, where a browser sends them, must not name another site.
 *    They come last because a browser omits the first on plain http, and sends `Origin: null`
 *    with our `Referrer-Policy: no-referrer`; so their absence proves nothing.
 */
import harden from '@endo/harden';

/** Set on every response. */
export const securityHeaders: readonly (readonly [string, string])[] = harden([
  [
    'Content-Security-Policy',
    [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self'",
      "connect-src 'self'",
      "form-action 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      'trusted-types pocas',
    ].join('; '),
  ],
  ['Referrer-Policy', 'no-referrer'],
  ['X-Content-Type-Options', 'nosniff'],
  ['X-Frame-Options', 'DENY'],
  ['Cross-Origin-Opener-Policy', 'same-origin'],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  ['Permissions-Policy', 'camera=(), geolocation=(), microphone=(), payment=()'],
  ['X-Robots-Tag', 'noindex'],
]);

/** Whether a browser says that another site started this request. */
export const isForeign = (request: Request): boolean => {
  const site = request.headers.get('Sec-Fetch-Site');
  // `none`: the person's own doing, such as a reload.
  if (site !== null && site !== 'same-origin' && site !== 'none') return true;
  const origin = request.headers.get('Origin');
  if (origin === null || origin === 'null') return false;
  // Hosts are compared, not schemes: a proxy may speak https to the browser and http to us.
  try {
    return new URL(origin).host !== (request.headers.get('Host') ?? new URL(request.url).host);
  } catch {
    return true;
  }
};
harden(isForeign);
