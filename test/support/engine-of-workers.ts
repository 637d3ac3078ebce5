import { setTimeout as after } from 'node:timers/promises';
import { type EngineProcess, startEngineProcess } from './engine-process.ts';

/** A line of the engine's log. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly msg: string };

/** An engine of several workers, in processes of its own. */
export class EngineOfWorkers {
  readonly engine: EngineProcess;
  /** How many of the log's lines have been waited for. */
  #seen = 0;

  private constructor(engine: EngineProcess) {
    this.engine = engine;
  }

  /** Starts it. @throws when it does not start; the message is what it said. */
  static async start(
    settings: Readonly<Record<string, string>>,
    /** What starts it, when not as tests do. */
    program?: readonly string[],
  ): Promise<EngineOfWorkers> {
    const engine = await startEngineProcess(
      { WORKERS: '2', LOG_LEVEL: 'info', ...settings },
      undefined,
      program,
    );
    if (!('url' in engine)) throw new Error(engine.stderr);
    return new EngineOfWorkers(engine);
  }

  get url(): string {
    return this.engine.url;
  }

  get lines(): LogLine[] {
    const { out } = this.engine.printed();
    const whole = out.slice(0, out.lastIndexOf('\n') + 1).split('\n');
    return whole.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as LogLine);
  }

  /** The next line with this sentence that nobody has waited for. Fails after half a minute. */
  async line(sentence: string): Promise<LogLine> {
    const signal = AbortSignal.timeout(30_000);
    while (!signal.aborted) {
      await after(5);
      const { lines } = this;
      const at = lines.findIndex(({ msg }, index) => index >= this.#seen && msg === sentence);
      const found = lines[at];
      if (found === undefined) continue;
      this.#seen = at + 1;
      return found;
    }
    throw new Error(`no line "${sentence}" in:\n${this.engine.printed().out}`);
  }

  /** By number, the processes of all workers that have listened. */
  get processes(): Map<number, number> {
    const listening = this.lines.filter(({ processId }) => processId !== undefined);
    return new Map(listening.map(({ worker, processId }) => [Number(worker), Number(processId)]));
  }

  /** Asks on a connection of its own, so that each worker has its turn. */
  async ask(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { ...(init.headers as Record<string, string> | undefined), connection: 'close' };
    return fetch(`${this.url}${path}`, { ...init, headers, signal: AbortSignal.timeout(10_000) });
  }

  async metric(name: string): Promise<number | undefined> {
    const text = await (await this.ask('/metrics')).text();
    const line = text.split('\n').find((each) => each.startsWith(`${name} `));
    return line === undefined ? undefined : Number(line.split(' ').at(-1));
  }
}

export function isAlive(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch {
    return false;
  }
}

/** Resolves when none of these processes is there any more; rejects after ten seconds. */
export async function gone(processIds: readonly number[]): Promise<void> {
  const signal = AbortSignal.timeout(10_000);
  while (processIds.some(isAlive)) {
    await after(10);
    if (signal.aborted) throw new Error(`still there: ${processIds.filter(isAlive).join(' ')}`);
  }
}
