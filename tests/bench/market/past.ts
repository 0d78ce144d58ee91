/**
 * `past.js <directory> <members> <past orders>`: the part of the market's bench that takes long. It makes the
 * market in the directory, goes on there when it is started again, and prints its figures.
 */
import { type Effort, thorough } from '../harness.ts';
import { measureSize } from './size.ts';

const [directory, members = '1000', past = '100000'] = process.argv.slice(2);
if (directory === undefined) {
  process.stderr.write('usage: past.js DIRECTORY [MEMBERS] [PAST-ORDERS]\n');
  process.exit(2);
}
const effort: Effort = thorough;
const begun = performance.now();
const progress = (line: string) =>
  void process.stderr.write(`${((performance.now() - begun) / 1_000).toFixed(0)} s  ${line}\n`);
const size = { members: Number(members), past: Number(past) };
for (const { case: name, unit, median, min, max } of await measureSize(effort, progress, {
  size,
  directory,
}))
  process.stdout.write(`${name} | ${unit} | ${median} | ${min} | ${max}\n`);
