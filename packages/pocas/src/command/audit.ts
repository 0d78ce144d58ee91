/** `pocas audit` */
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { WalletOwner } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import { readAuditNotes, writeAuditNotes } from '../compose/files.ts';
import { auditMarkets } from './audit-markets.ts';
import { exitCodes } from './exit-codes.ts';
import { withWallet } from './operator.ts';
import { wordsFor } from './words.ts';

export type AuditOptions = { data: string; json?: true };

export const audit = ({ data, json }: AuditOptions): Promise<void> =>
  withWallet(data, async (wallet) => {
    const directory = resolve(data);
    const reports = await auditMarkets(
      wallet as Facet<WalletOwner>,
      readAuditNotes(directory) ?? {},
      {
        draw: () => randomBytes(32).toString('base64url'),
        save: (notes) => writeAuditNotes(directory, notes),
      },
    );
    const { audit: words, language } = wordsFor(process.env);
    for (const report of reports) {
      const { faults } = report;
      if (json) {
        const line = { ...report, faults: faults.map(({ code, text }) => ({ code, ...text })) };
        const inJson = (_key: string, value: unknown) =>
          typeof value === 'bigint' ? Number(value) : value;
        process.stdout.write(`${JSON.stringify(line, inJson)}\n`);
      } else {
        process.stdout.write(
          words(
            report,
            faults.map(({ text }) => text[language]),
          ),
        );
      }
    }
    if (reports.some(({ faults }) => faults.length > 0)) process.exitCode = exitCodes.wrong;
  });
