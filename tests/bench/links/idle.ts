/** What a session that does nothing takes at the side that listens. */
import { startPart } from '../../hostile/part.ts';
import { type Effort, type Result, summarize } from '../harness.ts';

const program = new URL('./idle-process.js', import.meta.url);
const subjects = ['ws', 'captp', 'capnweb', 'pocas'] as const;
const flags = ['--expose-gc'];
/** What is compiled at the first sessions is no session's. */
const firstSessions = 50;

type Memory = { readonly used: number; readonly resident: number };

export const measureIdle = async (
  effort: Effort,
  progress: (line: string) => void,
): Promise<Result[]> => {
  const sessions = Math.max(100, effort.many / 100);
  const rounds = Math.ceil(effort.rounds / 3);
  const figures = new Map(
    subjects.map((one) => [one, { used: [] as number[], resident: [] as number[] }]),
  );
  for (let round = 0; round < rounds; round += 1) {
    for (const subject of subjects) {
      const server = await startPart(program, { flags, args: ['server', subject] });
      try {
        const client = await startPart(program, { args: ['client', subject] });
        try {
          const address = await server.ask<string>('listen');
          await client.ask('open', address, firstSessions);
          const before = await server.ask<Memory>('memory');
          await client.ask('open', address, sessions);
          const after = await server.ask<Memory>('memory');
          const { used, resident } = figures.get(subject)!;
          used.push((after.used - before.used) / sessions / 1024);
          resident.push((after.resident - before.resident) / sessions / 1024);
        } finally {
          await client.stop();
        }
      } finally {
        await server.stop();
      }
      progress(`${subject}: ${sessions} idle sessions`);
    }
  }
  return subjects.flatMap((subject) => {
    const { used, resident } = figures.get(subject)!;
    const name = `${sessions} idle sessions`;
    return [
      summarize(name, subject, 'KiB/session', used),
      summarize(name, subject, 'resident KiB/session', resident),
    ];
  });
};
