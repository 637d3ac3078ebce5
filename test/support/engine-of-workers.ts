import { setTimeout as after } from 'node:timers/promises';
import { type EngineProcess, startEngineProcess } from './engine-process.ts';

/** A line of the engine's log. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly msg: string };

/** An engine of several workers, in processes of its own. */
export class EngineOfWorkers {
  readonly engine: EngineProcess;
  /** How many of the log's lines have been waited for. */
  #seen = 0;
  readonly #lines: LogLine[] = [];
  /** So much of what was printed is in them. */
  #read = 0;

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

  /** Each is read once: whoever waits for one looks often, and others measure time meanwhile. */
  get lines(): readonly LogLine[] {
    const { out } = this.engine.printed();
    const end = out.lastIndexOf('\n') + 1;
    for (const line of out.slice(this.#read, end).split('\n'))
      if (line.startsWith('{')) this.#lines.push(JSON.parse(line) as LogLine);
    this.#read = end;
    return this.#lines;
  }

  /** The next line with this sentence that nobody has waited for. Fails when it does not come: within half a minute, unless said otherwise. */
  async line(sentence: string, withinMs = 30_000): Promise<LogLine> {
    const signal = AbortSignal.timeout(withinMs);
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
