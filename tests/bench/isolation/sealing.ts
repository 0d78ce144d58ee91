/**
 * What the cipher takes of a call over a link: its frames, there and back, sealed by one end and
 * opened by the other, as nodes do. Each call is timed with frames of its size.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { inFlight } from '../captp/modes.ts';
import { type Mode, serve } from '../serve.ts';
import { caseNames } from './modes.ts';

const algorithm = 'chacha20-poly1305';
const authTagLength = 16;
const key = randomBytes(32);
let nonce = 0;

const sealAndOpen = (frame: string): void => {
  const iv = Buffer.alloc(12);
  iv.writeUInt32LE((nonce += 1), 4);
  const cipher = createCipheriv(algorithm, key, iv, { authTagLength });
  const sealed = cipher.update(frame, 'utf8');
  cipher.final();
  const decipher = createDecipheriv(algorithm, key, iv, { authTagLength });
  decipher.setAuthTag(cipher.getAuthTag());
  const opened = decipher.update(sealed).toString('utf8');
  decipher.final();
  if (opened.length !== frame.length) throw new Error('Cannot measure: a frame was not opened');
};

const call =
  '{"type":"CTP_CALL","epoch":0,"questionID":"q-123456","target":"o-3","method":{"body":"[\\"echo\\",[\\"hello\\"]]","slots":[]}}';
const answer =
  '{"type":"CTP_RETURN","epoch":0,"answerID":"q-123456","result":{"body":"\\"hello\\"","slots":[]}}';
const frame = (message: string, times: number) => `[${Array(times).fill(message).join()}]`;

const sealed =
  (times: number): Mode =>
  async (calls) => {
    const frames = [frame(call, times), frame(answer, times)];
    for (let made = 0; made < calls; made += times) frames.forEach(sealAndOpen);
  };

serve(async () => {
  const { sequential, concurrent, changing, changingMany } = caseNames('there');
  return {
    modes: {
      [sequential]: sealed(1),
      [concurrent]: sealed(inFlight),
      [changing]: sealed(1),
      [changingMany]: sealed(inFlight),
    },
  };
});
