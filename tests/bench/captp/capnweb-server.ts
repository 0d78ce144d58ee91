import { serve } from '../serve.ts';
import { session } from './capnweb-session.ts';
import { Target } from './capnweb-target.ts';
import { listen } from './loopback.ts';

serve(async () => ({ ready: await listen((socket) => void session(socket, new Target())) }));
