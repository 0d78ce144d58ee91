/** The first thing a page with capabilities does. */
import 'ses';
import '@endo/eventual-send/shim.js';

// 'no-eval': the page's own policy forbids to make code from text, and nothing here does.
lockdown({
  evalTaming: 'no-eval',
  overrideTaming: 'severe',
  errorTrapping: 'none',
  reporting: 'none',
});
