/** The side of `part.ts` that runs in the process of its own. */

export type Request = {
  readonly id: number;
  readonly method: string;
  readonly args: readonly unknown[];
};

export type Reply = { readonly id: number; readonly answer?: unknown; readonly error?: string };

/**
 * Answers the harness until it goes away; then the process ends.
 *
 * @param methods - what it may ask for, beside `ready`
 */
export const servePart = (
  // `never` takes functions of any arguments; those that come are what the harness gave to `ask`.
  methods: Readonly<Record<string, (...args: never[]) => unknown>>,
  close: () => unknown = () => {},
): void => {
  const answer = async ({ method, args }: Request): Promise<unknown> =>
    method === 'ready' ? true : methods[method]!(...(args as never[]));
  process.on('message', (request: Request) => {
    const { id } = request;
    answer(request).then(
      (value) => process.send?.({ id, answer: value } satisfies Reply),
      (error: unknown) => {
        const text = error instanceof Error ? error.message : String(error);
        process.send?.({ id, error: text } satisfies Reply);
      },
    );
  });
  // Ctrl-C reaches the harness too; its end closes the channel.
  process.on('SIGINT', () => {});
  process.on('disconnect', () => {
    const end = () => process.exit();
    Promise.resolve().then(close).then(end, end);
  });
};
