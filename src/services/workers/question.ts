import type { z } from 'zod';
import { EngineError } from '../../errors.ts';
import type { Siblings } from './siblings.port.ts';

/** Something that workers ask each other. Either end proves what it gets: while workers are replaced, two versions talk. */
export interface WorkerQuestion<Args, Reply> {
  readonly name: string;
  readonly args: z.ZodType<Args>;
  readonly reply: z.ZodType<Reply>;
}

/**
 * Asks one worker.
 *
 * @throws {EngineError} `SIBLING_LOST` when it is gone; what it threw otherwise; `INTERNAL` when its answer cannot be read.
 */
export async function askWorker<Args, Reply>(
  siblings: Pick<Siblings, 'ask'>,
  worker: number,
  { name, reply }: WorkerQuestion<Args, Reply>,
  args: Args,
): Promise<Reply> {
  return proved(reply, await siblings.ask(worker, name, args), `the answer to ${name}`);
}

/** Answers the others, when they ask. */
export function answerWorkers<Args, Reply>(
  siblings: Pick<Siblings, 'onAsked'>,
  { name, args }: WorkerQuestion<Args, Reply>,
  answer: (args: Args) => Promise<Reply>,
): void {
  siblings.onAsked(name, async (asked) => answer(proved(args, asked, `the arguments of ${name}`)));
}

/** What came from another worker, once it is what it should be. The error quotes nothing of it. */
export function proved<Value>(schema: z.ZodType<Value>, value: unknown, what: string): Value {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  throw new EngineError('INTERNAL', `${what} cannot be read: another worker is of another version`);
}

/** Something that a worker tells all others. */
export interface WorkerNews<Args> {
  readonly name: string;
  readonly args: z.ZodType<Args>;
}

export function tellWorkers<Args>(
  siblings: Pick<Siblings, 'tellAll'>,
  { name }: WorkerNews<Args>,
  args: Args,
): void {
  siblings.tellAll(name, args);
}

/** Hears what the others tell. News of another version, which cannot be read, are none: nobody waits for them. */
export function hearWorkers<Args>(
  siblings: Pick<Siblings, 'onTold'>,
  news: WorkerNews<Args>,
  listener: (args: Args, from: number) => void,
): void {
  siblings.onTold(news.name, (args, from) => {
    const read = news.args.safeParse(args);
    if (read.success) listener(read.data, from);
  });
}
