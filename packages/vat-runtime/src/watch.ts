/** Following a notifier over lost links and restarts. By itself, so that a page without it is smaller. */
export { type Watch, type WatchOptions, type WatchPowers, watch } from './session/watch.ts';
