/** A node with a counter, in a process of its own. Says its port and a sturdy ref on one line. */
import { fixture, start } from './nodes.ts';

const [path, port] = process.argv.slice(2) as [string, string];
const node = await start(path, { port: Number(port) });
const { counter, sturdyRef } = (node.getProgram() as
  { counter: object; sturdyRef: string } | undefined) ?? {
  counter: (await node.makeVat({
    module: fixture('counter'),
    label: 'counter',
    params: { start: 5n },
  })) as object,
  sturdyRef: '',
};
const offered = sturdyRef === '' ? node.grantor.sturdy(counter) : sturdyRef;
node.setProgram({ counter, sturdyRef: offered });
await node.settled();
process.stdout.write(`${JSON.stringify({ port: node.port, sturdyRef: offered })}\n`);
