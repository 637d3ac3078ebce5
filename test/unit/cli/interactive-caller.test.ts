import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { InteractiveCaller } from '../../../src/cli/interactive-caller.ts';
import type { Terminal } from '../../../src/cli/terminal.ts';
import { openTypingLine, type TypingLine } from '../../../src/cli/typing-line.ts';

/** The caller of `call -i` at a terminal, where what is typed counts at once. */

let done: string[];
let drawn: string;
let line: TypingLine;
let keyboard: PassThrough & { isTTY?: boolean };
let caller: InteractiveCaller;
/** Told of each thing that is done. */
let steps: PassThrough;

const did = (what: string) => {
  done.push(what);
  steps.write('.');
};

beforeEach(() => {
  done = [];
  steps = new PassThrough();
  keyboard = Object.assign(new PassThrough(), { isTTY: true });
  drawn = '';
  const screen = new PassThrough();
  screen.on('data', (part: Buffer) => (drawn += part.toString()));
  const printed: Terminal = {
    hasColours: false,
    screen,
    print: (text) => screen.write(`${text}\n`),
    complain: (text) => screen.write(`${text}\n`),
  };
  line = openTypingLine(printed, keyboard);
  caller = new InteractiveCaller({
    line,
    turns: {
      add: () => {
        did('a turn');
      },
      endWhenSaid: () => {
        did('the end of turns');
      },
    },
    speak: (audio, typed) => {
      did(`speaks ${typed ?? 'a recording'}: ${audio.length > 800 ? 'heard' : 'nothing'}`);
      return Promise.resolve();
    },
    press: (digits) => {
      did(`presses ${digits}`);
    },
    hangUp: () => {
      did('hangs up');
    },
    note: (text) => {
      did(`note ${text.slice(0, 9)}`);
    },
  });
});

afterEach(() => caller.close());

async function until(count: number): Promise<void> {
  while (done.length < count) await once(steps, 'data');
}

test('an interactive caller says lines at once, keys and orders in order, and hangs up when the input ends', async () => {
  keyboard.write('Hello Zoë\r/digits 1x\r/digits 1#\r');
  await until(4);
  expect(done).toEqual(['note each line', 'speaks Hello Zoë: heard', 'note each line', 'presses 1#']);
  keyboard.end();
  await until(5);
  expect(done.at(-1)).toBe('hangs up');
}, 30_000);

test.each([
  ['/hangup', '/hangup\r'],
  ['/quit', '/quit\r'],
  ['Ctrl-C', '\u0003'],
  ['Ctrl-D', '\u0004'],
])('an interactive caller hangs up at %s', async (_, typed) => {
  keyboard.write(typed);
  await until(2);
  expect(done[1]).toBe('hangs up');
});

test('an interactive caller is not heard of any more when the call is over', async () => {
  await caller.close();
  keyboard.write('hello?\r');
  await caller.close();
  expect(done).toEqual(['note each line']);
});

test('an interactive caller prints above the line that is being typed, and draws that again', async () => {
  keyboard.write('half a sen');
  await new Promise((resolve) => setImmediate(resolve));
  line.terminal.print('agent  One moment');
  await new Promise((resolve) => setImmediate(resolve));
  expect(drawn.slice(drawn.indexOf('agent'))).toMatch(/^agent {2}One moment\n[^\n]*> half a sen/);
});

const ESCAPE = String.fromCharCode(27);
/** A code with its count, a line's end, or text. */
const DRAWN = new RegExp(`${ESCAPE}\\[(\\d*)([A-Z])|\\r|\\n|[^\\r\\n${ESCAPE}]+`, 'g');

/** What a screen shows after it was drawn: the codes of ECMA-48 that readline writes, and no more. */
function screenOf(codes: string): string[] {
  const rows: string[] = [''];
  let [row, column] = [0, 0];
  for (const [part, count = '', code = ''] of codes.matchAll(DRAWN)) {
    const before = rows[row] ?? '';
    if (part === '\r') column = 0;
    else if (part === '\n') [row, column] = [row + 1, 0];
    else if (code === 'A') row -= Number(count || 1);
    else if (code === 'G') column = Number(count || 1) - 1;
    else if (code === 'K') rows[row] = count === '2' ? '' : before.slice(0, column);
    else if (code === 'J') rows.splice(row, Infinity, before.slice(0, column));
    else if (code !== '') throw new Error(`unknown code ${code}`);
    else {
      rows[row] = before.slice(0, column) + part + before.slice(column + part.length);
      column += part.length;
    }
    while (rows.length <= row) rows.push('');
  }
  return rows;
}

test('words that are spoken stand above the line being typed and give way to the line that has them all', async () => {
  keyboard.write('half a sen');
  await new Promise((resolve) => setImmediate(resolve));
  line.terminal.show?.('agent  One');
  line.terminal.show?.('agent  One mom');
  expect(screenOf(drawn)).toEqual(['agent  One mom', '> half a sen']);
  line.terminal.print('agent  One moment');
  line.terminal.print('agent  is silent');
  expect(screenOf(drawn)).toEqual(['agent  One moment', 'agent  is silent', '> half a sen']);
  line.terminal.show?.('agent  Go');
  line.terminal.show?.('');
  expect(screenOf(drawn)).toEqual(['agent  One moment', 'agent  is silent', '> half a sen']);
});
