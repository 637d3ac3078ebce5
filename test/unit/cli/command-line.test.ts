import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { commandLine, runCommandLine } from '../../../src/cli/command-line.ts';
import { numberSettings } from '../../../src/cli/doctor.ts';
import { welcome } from '../../../src/cli/serve.ts';
import type { Terminal } from '../../../src/cli/terminal.ts';
import { readConfig } from '../../../src/config.ts';

let printed: string[];
let complained: string[];

function run(...words: string[]): Promise<number> {
  const terminal: Terminal = {
    hasColours: false,
    print: (line) => printed.push(line),
    complain: (line) => complained.push(line),
  };
  return runCommandLine(commandLine(terminal), ['node', 'callchart', ...words], terminal);
}

function file(name: string, content: string | Buffer): string {
  const path = join(mkdtempSync(join(tmpdir(), 'callchart-')), name);
  writeFileSync(path, content);
  return path;
}

beforeEach(() => {
  printed = [];
  complained = [];
});

describe('the command line', () => {
  test('the command line shows its commands when asked for help', async () => {
    expect(await run('--help')).toBe(0);
    expect(printed.join('\n')).toMatch(/serve[\s\S]*call[\s\S]*doctor/);
  });

  test('the command line tells its version', async () => {
    expect(await run('--version')).toBe(0);
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(printed).toEqual([version]);
  });

  test('the command line shows no default that says nothing', async () => {
    for (const command of ['call', 'export']) {
      printed = [];
      expect(await run(command, '--help')).toBe(0);
      expect(printed.join('\n')).toContain('Options:');
      expect(printed.join('\n')).not.toContain('default:');
    }
  });

  test.each([
    [['call', '--loud'], "error: unknown option '--loud'"],
    [['dance'], "error: unknown command 'dance'"],
    [['call', '--to', '555'], 'It must be E.164'],
    [['call', '--url', 'localhost:3000'], 'It must begin with http:// or https://'],
    [['call', '--say', ''], 'It must hold words'],
    [['call', '--say', 'Hello', '--say', ' … '], 'It must hold words'],
    [['call', '--answer', 'maybe'], 'Allowed choices are yes, no, busy'],
    [['call', '--say'], "error: option '--say <text>' argument missing"],
  ])('the command line answers %j with a message and exit code 2', async (words, message) => {
    expect(await run(...words)).toBe(2);
    expect(complained.join('\n')).toContain(message);
  });

  test('the command line names a recording that is not there, in one line, before any call', async () => {
    expect(await run('call', '--wav', '/no/such/file.wav')).toBe(2);
    expect(complained).toEqual(['callchart: /no/such/file.wav: no such file']);
  });

  test('the command line says what is wrong with a recording', async () => {
    const path = file('song.wav', 'la la la la la la la');
    expect(await run('call', '--wav', path)).toBe(2);
    expect(complained).toEqual([
      `callchart: ${path}: not a WAV file (no RIFF/WAVE header); raw mu-law of 8000 Hz is taken from a file whose name ends with .ulaw`,
    ]);
  });

  test('the command line says what is wrong with a script, and where', async () => {
    const path = file('caller.txt', 'Hello\n!sing\n');
    expect(await run('call', '--script', path)).toBe(2);
    expect(complained).toEqual([
      `callchart: ${path}: line 2: an order is one of !press DIGITS, !wait MS, !barge-in TEXT, !hang-up`,
    ]);
  });

  test('the command line says when nothing answers at the address given', async () => {
    expect(await run('call', '--url', 'http://127.0.0.1:9')).toBe(1);
    expect(complained.join('\n')).toContain('nothing answers at http://127.0.0.1:9/healthz');
  });
});

describe('what serve says first', () => {
  test('what serve says first is the URL, who answers without a key, and how to place a call', () => {
    const lines = welcome(readConfig({}), 'http://127.0.0.1:3000');
    expect(lines[0]).toContain('http://127.0.0.1:3000');
    expect(lines[1]).toContain('simulator answers');
    expect(lines[2]).toContain('npx callchart call --say');
  });

  test('what serve says first does not speak of the simulator when there is a key', () => {
    expect(welcome(readConfig({ OPENAI_API_KEY: 'k' }), 'http://127.0.0.1:3000').join('\n')).not.toContain(
      'simulator',
    );
  });
});

describe('the doctor', () => {
  test('the doctor prints the URLs of the Twilio number with the overrides that make a restart survivable', () => {
    const lines = numberSettings({ publicUrl: 'https://calls.example.com', port: 3000 });
    expect(lines.join('\n')).toContain(
      'https://calls.example.com/twilio/voice#rc=2&rp=ct,5xx&ct=2000&tt=8000',
    );
    expect(lines.join('\n')).toContain('https://calls.example.com/twilio/status');
  });
});
