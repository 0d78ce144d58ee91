/**
 * A small agreement with a program in it, written by one person and run by another, who trusts neither.
 *
 * Read it for one thing: what the plan shows is all that the program gets. What comes from the repository afterwards is
 * held against the hash that the plan showed, and it runs as a guest, with a process of its own on a real node.
 */
import '@pocas/vat-runtime/lockdown';
import { makeTestNode } from '@pocas/vat-runtime/testing';
import { readFileSync } from 'node:fs';
import { E } from '@endo/far';
import type { RepositoryFounding } from '@pocas/foco-actors';
import { defineRepositoryMaker } from '@pocas/pocas/repository';
import type { Facet } from '@pocas/vat-runtime';
import { done, requestId, say } from '../06-flour-together/village.ts';

const node = await makeTestNode();
const maker = defineRepositoryMaker(node);
// The cast says what the maker of repositories makes.
const root = (await E(maker).make({
  name: 'Recetas del barrio',
})) as unknown as Facet<RepositoryFounding>;
const ana = done(await E(root).claim('Ana', requestId())).participant;
const welcome = done(await E(ana).invite(requestId())).invitation;
// The cast says which place it is.
const beto = done(await E(welcome).join('Beto', requestId())).participant as unknown as typeof ana;

const { draft } = done(
  await E(ana).draft(
    ...(['La olla', 'Español', 'Cada quien anota los platos que comió.'] as const),
    ...(['Trae verdura.', 'Quienes cocinan.'] as const),
    requestId(),
  ),
);
const text = readFileSync(new URL('../../20-protocolito/olla.js', import.meta.url), 'utf8');
done(await E(draft).write(text, requestId()));
done(await E(draft).declare('clock', requestId()));
done(await E(draft).setValue('most', 3n, requestId()));
say(`Ana writes La olla. Beto sees ${(await E(beto).view()).versions.length} of it`);
const { version } = done(await E(draft).publish(requestId()));
say(`She publishes it. Beto sees ${(await E(beto).view()).versions.length}`);

const { plan } = done(await E(beto).plan(version, requestId()));
say('Before he installs it, Beto reads what it will be able to do');
for (const { power, lets } of (await E(plan).view()).powers) console.log(`   ${power}: ${lets.es}`);
const { hash } = await E(plan).view();
const more = ['clock', 'grantor'];
const refused = await E(plan).install(hash, more, 'Mi olla', {}, requestId());
say(`Granting more than that is ${refused.ok ? 'done' : refused.code}`);
const installed = done(await E(plan).confirm('Mi olla', requestId()));

type Pot = { eat(): bigint; given(): readonly string[] };
const pot = installed.root as Facet<Pot>;
say(`The program was given: ${(await E(pot).given()).join(', ')}`);
for (let i = 0; i < 4; i += 1) console.log(`   plates: ${await E(pot).eat()}`);

const second = done(
  await E(ana).draft(
    ...(['La olla grande', 'Español', 'Cuenta hasta diez.'] as const),
    ...(['Trae verdura.', 'Quienes cocinan.'] as const),
    requestId(),
  ),
).draft;
done(await E(second).write(text, requestId()));
done(await E(second).declare('clock', requestId()));
done(await E(second).setValue('most', 10n, requestId()));
done(await E(second).comesFrom(hash, requestId()));
const newer = done(await E(second).publish(requestId()));
const stays = (await E(installed.use).view()).hash === hash;
say(`Ana publishes another version. What Beto uses stays as it is: ${stays ? 'yes' : 'no'}`);
const { plan: next } = done(await E(beto).plan(newer.version, requestId()));
done(await E(installed.use).offer(next, requestId()));
done(await E(installed.use).adopt(newer.hash, requestId()));
done(await E(installed.use).run(requestId()));
const changed = (await E(installed.use).view()).hash === newer.hash;
say(`Beto, who uses it alone, adopts it: ${changed ? 'yes' : 'no'}`);

await node.stop();
