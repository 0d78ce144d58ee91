/** `pocas grant`, `pocas refs` and `pocas revoke` */
import { E } from '@endo/far';
import encodeQR from 'qr';
import { InvalidArgumentError } from 'commander';
import type { GrantInfo } from '@pocas/vat-runtime/node';
import type { Grantable } from '../compose/operator.ts';
import { CommandError } from './exit-codes.ts';
import { withOperator } from './operator.ts';

export type GrantOptions = {
  data: string;
  uses?: bigint;
  expires?: bigint;
  label?: string;
  bind?: string;
  json?: true;
};

const units: Readonly<Record<string, bigint>> = {
  m: 60_000n,
  h: 3_600_000n,
  d: 86_400_000n,
  w: 604_800_000n,
};

/** Milliseconds. @throws for what is no length of time */
export const readLength = (text: string): bigint => {
  const [, count, unit] = /^([1-9][0-9]{0,5})([mhdw])$/.exec(text) ?? [];
  if (count === undefined) {
    throw new InvalidArgumentError('A time is a number with m, h, d or w, such as 12h.');
  }
  return BigInt(count) * units[unit!]!;
};

/** @throws for what is no number of times */
export const readUses = (text: string): bigint => {
  if (!/^[1-9][0-9]{0,6}$/.test(text)) throw new InvalidArgumentError('It is no number of times.');
  return BigInt(text);
};

/** What the node refuses, it says in its own words. */
const orRefused = (error: Error): never => {
  throw new CommandError(error.message);
};

export const grant = (
  what: Grantable,
  { data, uses, expires, label, bind, json }: GrantOptions,
): Promise<void> =>
  withOperator(data, async (operator) => {
    const terms = {
      ...(uses === undefined ? {} : { uses }),
      ...(expires === undefined ? {} : { lasts: expires }),
      ...(label === undefined ? {} : { label }),
      ...(bind === undefined ? {} : { bind: bind === 'first' ? 'first use' : bind }),
    };
    const made = await E(operator).grant(what, terms).catch(orRefused);
    if (json) {
      process.stdout.write(`${JSON.stringify(made)}\n`);
      return;
    }
    if (made.url !== undefined) process.stdout.write(encodeQR(made.url, 'ascii'));
    const browser =
      made.url === undefined ? '' : `In a browser of this machine:\n\n  ${made.url}\n\n`;
    process.stdout.write(
      `A key to the ${what}. It is shown once; whoever has it can use it.\n\n${browser}For a program or another node:\n\n  ${made.sturdyRef}\n`,
    );
  });

const time = (milliseconds: bigint): string =>
  // As far as dates go; what is later is as good as never.
  milliseconds > 8_640_000_000_000_000n
    ? 'never'
    : `${new Date(Number(milliseconds)).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** A designator is shown in short: nobody reads 52 characters. */
const short = (boundTo: string): string => (boundTo.length === 52 ? boundTo.slice(0, 12) : boundTo);

/** A line for people. */
export const describeRef = (info: GrantInfo): string => {
  const { ref, label, madeAt, expires, uses, boundTo, from } = info;
  const facts = [
    `made ${time(madeAt)}`,
    expires === undefined ? undefined : `expires ${time(expires)}`,
    uses === undefined ? undefined : `uses left: ${uses}`,
    boundTo === undefined ? undefined : `bound to ${short(boundTo)}`,
    from === undefined ? undefined : `derived from ${from}`,
  ].filter((fact) => fact !== undefined);
  return `${ref.padEnd(12)}  ${label ?? '(no label)'}\n${' '.repeat(14)}${facts.join(', ')}\n`;
};

/** Numbers in place of bigints, which JSON has not. */
const inJson = (info: GrantInfo): string =>
  JSON.stringify(info, (_name, value: unknown) =>
    typeof value === 'bigint' ? Number(value) : value,
  );

export const refs = ({ data, json }: { data: string; json?: true }): Promise<void> =>
  withOperator(data, async (operator) => {
    let after: string | undefined;
    do {
      const page = await E(operator).refs(after);
      for (const info of page.refs) {
        process.stdout.write(json ? `${inJson(info)}\n` : describeRef(info));
      }
      after = page.next;
    } while (after !== undefined);
  });

export const revoke = (ref: string, { data }: { data: string }): Promise<void> =>
  withOperator(data, async (operator) => {
    await E(operator).revoke(ref).catch(orRefused);
    process.stdout.write(
      `${ref} is revoked, and all that was derived from it. What was opened with it stays open.\n`,
    );
  });
