/** Bare `@endo/captp` over a WebSocket. */
import '../captp/default-lockdown.ts';
import { link } from '../captp/captp-link.ts';
import { listen } from '../captp/loopback.ts';
import { serve } from '../serve.ts';
import { makeTarget } from './target.ts';

const target = makeTarget();

serve(async () => ({ ready: await listen((socket) => void link('server', socket, target)) }));
