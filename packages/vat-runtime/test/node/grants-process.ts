/** A node with a counter and sturdy refs to it, in a process of its own. Says them on one line. */
import { fixture, start } from './nodes.ts';

const [path, port, count] = process.argv.slice(2) as [string, string, string];
const node = await start(path, { port: Number(port) });
let counter = node.getProgram() as object | undefined;
if (counter === undefined) {
  counter = (await node.makeVat({
    module: fixture('counter'),
    label: 'counter',
    params: { start: 5n },
  })) as object;
  node.setProgram(counter);
}
const { grantor } = node;
const once = Array.from({ length: Number(count) }, () => grantor.sturdy(counter, { uses: 1n }));
const always = grantor.sturdy(counter);
await node.settled();
process.stdout.write(`${JSON.stringify({ port: node.port, once, always })}\n`);
