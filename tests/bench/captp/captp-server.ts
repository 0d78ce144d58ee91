import './default-lockdown.ts';
import { Far } from '@endo/far';
import { serve } from '../serve.ts';
import { link } from './captp-link.ts';
import { listen } from './loopback.ts';

const target = Far('Target', {
  echo: (text: string) => text,
  next: (): unknown => target,
});

serve(async () => ({ ready: await listen((socket) => void link('server', socket, target)) }));
