import test from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';

test('a date in a vat does not tell where the machine stands', () => {
  const script = `
    await import('@pocas/vat-runtime/lockdown');
    const offset = new Compartment().evaluate('new Date(0).getTimezoneOffset()');
    console.log(String(offset));
  `;
  const offsetIn = (TZ: string) =>
    spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: new URL('.', import.meta.url),
      env: { ...process.env, TZ },
      encoding: 'utf8',
    }).stdout.trim();
  assert.equal(offsetIn('America/Mexico_City'), '0');
  assert.equal(offsetIn('Asia/Kolkata'), '0');
});
