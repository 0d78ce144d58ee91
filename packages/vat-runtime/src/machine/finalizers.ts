/**
 * Keeps finalizers running for as long as the process lives.
 *
 * V8 (as in Node 20) runs the callbacks of all registries of a thread by one task at a time, and remembers that
 * one is under way. Where the registry that it is for is collected before the task runs, the task ends without
 * taking that back, and no callback of any registry is run in this thread ever again: what others hold of us,
 * and we of them, would never be given back. Sessions come and go with registries of their own, so it happens.
 *
 * So one registry is never collected, and has something to clean up after each collection: then there always is
 * one for the task to find.
 */
const heartbeat = new FinalizationRegistry<undefined>(() => beat());
const beat = (): void => heartbeat.register({}, undefined);

beat();
