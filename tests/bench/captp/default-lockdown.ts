/** Bare `@endo/captp` runs under lockdown with its default taming; pocas chooses its own. */
import 'ses';
import '@endo/eventual-send/shim.js';

lockdown();
