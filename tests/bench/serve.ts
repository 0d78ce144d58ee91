/** A subject's side of the channel to the harness; `child.ts` is the other side. */

import { childrenCpuMicros } from './children.ts';

export type Request =
  | { readonly kind: 'cpu' }
  | { readonly kind: 'call'; readonly calls: number; readonly mode: string };

export type Reply =
  | { readonly kind: 'ready'; readonly ready: string }
  | { readonly kind: 'figure'; readonly figure: number }
  | { readonly kind: 'error'; readonly message: string };

/** Makes that many calls, in one of the ways that are compared. */
export type Mode = (calls: number) => Promise<void>;

const reply = (message: Reply): void => {
  process.send?.(message);
};

const cpuMicros = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system + childrenCpuMicros();
};

const timed = async (work: () => Promise<void>): Promise<number> => {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / 1_000;
};

/**
 * Answers the harness until it closes the channel; then the process ends.
 *
 * @param begin - starts the subject. `ready` is told to the harness: for a server, where it listens.
 *   `modes` are the cases that a client can do, by name; `close` runs before the process ends.
 */
export const serve = (
  begin: () => Promise<{
    ready?: string;
    modes?: Readonly<Record<string, Mode>>;
    close?: () => Promise<void>;
  }>,
): void => {
  const failed = (error: unknown): void =>
    reply({ kind: 'error', message: error instanceof Error ? error.message : String(error) });
  const begun = begin();
  begun.then(({ ready = '' }) => reply({ kind: 'ready', ready }), failed);

  const answer = async (request: Request): Promise<number> => {
    if (request.kind === 'cpu') return cpuMicros();
    const mode = (await begun).modes?.[request.mode];
    if (mode === undefined) throw new Error(`Cannot call: there is no mode "${request.mode}"`);
    return timed(() => mode(request.calls));
  };
  process.on('message', (request: Request) => {
    answer(request).then((figure) => reply({ kind: 'figure', figure }), failed);
  });
  // Ctrl-C reaches the harness too; its end closes the channel.
  process.on('SIGINT', () => {});
  process.on('disconnect', () => {
    const end = (): void => process.exit();
    begun.then(({ close }) => close?.()).then(end, end);
  });
};
