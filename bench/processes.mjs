import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const TASKSET = '/usr/bin/taskset';

/** Of the target, and of everything else: so that the load does not take the target's time. */
export const [TARGET_CORE, LOAD_CORE] = ['0', '1'];

/**
 * A process of the bench. On Linux it may be bound to a core.
 *
 * @param module - as seen from here.
 * @param options - `core` to which it is bound; `flags` of Node.js; `certificate` of a far end, a file, which it is to trust.
 */
export function startProcess(module, args, { core, flags = [], certificate }) {
  const isBound = core !== undefined && process.platform === 'linux' && existsSync(TASKSET);
  const child = fork(fileURLToPath(new URL(module, import.meta.url)), args, {
    execArgv: flags,
    ...(certificate !== undefined && { env: { ...process.env, NODE_EXTRA_CA_CERTS: certificate } }),
    ...(isBound && { execPath: TASKSET, execArgv: ['-c', core, process.execPath, ...flags] }),
  });
  child.once('exit', (code) => {
    if (code !== 0 && code !== null) process.exitCode = 1;
  });
  return child;
}

/** The next message of a type from a process; rejects when the process ends instead. */
export function message(child, type) {
  return new Promise((resolve, reject) => {
    const listen = (received) => {
      if (received.type !== type) return;
      child.off('message', listen);
      child.off('exit', ended);
      resolve(received);
    };
    const ended = (code) => reject(new Error(`a process of the bench ended with ${String(code)}`));
    child.on('message', listen);
    child.once('exit', ended);
  });
}

/** Sends a message, and waits for the one that answers it. */
export function ask(child, question, answer) {
  const answered = message(child, answer);
  child.send(question);
  return answered;
}
