/** Objects that stand in for others in tests. */
import { M } from '@endo/patterns';
import { makePower } from '../vat/guard.ts';

/** An object that a vat can be handed: its guard lets through whatever can be sent. */
export const makeDouble = <Methods extends Readonly<Record<string, (...args: any[]) => unknown>>>(
  tag: string,
  methods: Methods,
): Methods => makePower(tag, M.interface(tag, {}, { defaultGuards: 'passable' }) as never, methods);
