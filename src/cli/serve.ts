import { systemClock } from '../clock.ts';
import { type Config, type Environment, loadEnvironment, readConfig } from '../config.ts';
import { endOnLastException } from './last-exception.ts';
import { EarlyThread } from '../services/storage/client/early-thread.ts';
import { watchNpmShell } from './npm-shell.ts';
import { EXIT, type Terminal } from './terminal.ts';

const STOPS = ['SIGTERM', 'SIGINT'] as const;

/**
 * `callchart serve`: answers calls until SIGTERM or SIGINT, or until the shell
 * that npm started it in is gone, then drains.
 *
 * The first line on stdout after listening holds the URL. An exception that
 * nobody catches ends the process with `EXIT.crashed`, in good order.
 */
export async function serve(terminal: Terminal): Promise<number> {
  const environment = loadEnvironment();
  const config = readConfig(environment);
  const engine = config.workers > 1 ? await severalWorkers(config) : await wholeEngine(config);
  endOnLastException(engine);
  for (const line of welcome(config, engine.url)) terminal.print(line);
  await stopSignal(environment);
  await engine.close();
  return EXIT.ok;
}

// Loaded late: every other command starts without the whole engine.
async function wholeEngine(config: Config) {
  const { start } = new EarlyThread();
  const { startEngine } = await import('../server.ts');
  return startEngine(config, systemClock, undefined, { start });
}

async function severalWorkers(config: Config) {
  const { startWorkers } = await import('../supervisor.ts');
  const supervisor = await startWorkers(config, new URL('./engine.worker.ts', import.meta.url));
  process.on('SIGHUP', () => void supervisor.replaceWorkers());
  const close = () => {
    // Whoever stops it a second time does not want to wait.
    for (const signal of STOPS)
      process.once(signal, () => {
        void supervisor.abandon().then(() => process.kill(process.pid, 'SIGKILL'));
      });
    return supervisor.close();
  };
  return { ...supervisor, close };
}

/** What a newcomer needs first: where the page is, who answers, how to call. */
export function welcome(config: Config, url: string): string[] {
  const lines = [`Callchart listens at ${url}  (open it in a browser: watch calls, talk to the agent)`];
  if (config.model.isSimulated) {
    lines.push('OPENAI_API_KEY is not set: the built-in simulator answers, with a voice of its own.');
  }
  lines.push(
    'Place a first call: npx callchart call --say "I would like to book an appointment for next Tuesday at ten"',
  );
  return lines;
}

function stopSignal(environment: Environment): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      forgetShell();
      resolve();
    };
    const parent = () => process.ppid;
    const forgetShell = watchNpmShell({ environment, clock: systemClock, parent, then: stop });
    for (const signal of STOPS) process.once(signal, stop);
  });
}
