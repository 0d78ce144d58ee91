/** First import of every test: the environment in which the bridge runs. */
import 'ses';
import '@endo/eventual-send/shim.js';

lockdown();
