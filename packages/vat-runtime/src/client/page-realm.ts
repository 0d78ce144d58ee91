/** Freezes what all code of a page shares. Alone in its file, so that it is done before anything else is loaded. */
// Without that of compartments: a page makes none.
import type {} from 'ses';
import 'ses/assert-shim.js';
import 'ses/lockdown-shim.js';

// 'no-eval': the page's own policy forbids to make code from text, and nothing here does.
lockdown({
  evalTaming: 'no-eval',
  overrideTaming: 'severe',
  errorTrapping: 'none',
  reporting: 'none',
});
