import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { commandLine, runCommandLine } from '../../../src/cli/command-line.ts';
import { inspect } from '../../../src/cli/inspect.ts';
import type { Terminal } from '../../../src/cli/terminal.ts';
import { readCallFile } from '../../../src/protocol/call-file.ts';
import { row } from '../../support/call-rows.ts';
import { ADMIN_TOKEN, CALL_SID, HttpHouse } from '../../support/http.ts';
import { temporaryFolder } from '../../support/journal.ts';
import { SECRET_WORD, shortCall, storeJournal } from '../../support/stored-calls.ts';

let house: HttpHouse;
let printed: string[];
let complained: string[];
const terminal: Terminal = {
  hasColours: false,
  print: (line) => printed.push(line),
  complain: (line) => complained.push(line),
};
const run = (...words: string[]) =>
  runCommandLine(commandLine(terminal), ['node', 'callchart', ...words], terminal);
const url = () => `http://127.0.0.1:${String(house.port)}`;

beforeEach(async () => {
  printed = [];
  complained = [];
  vi.stubEnv('ADMIN_TOKEN', ADMIN_TOKEN);
  const { journal } = storeJournal();
  journal.record(CALL_SID, shortCall(CALL_SID));
  house = await new HttpHouse({ journal }).open();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await house.close();
});

describe('export', () => {
  test('callchart export prints one call without a word of it', async () => {
    expect(await run('export', CALL_SID, '--url', url())).toBe(0);
    const text = printed.join('\n');
    expect(readCallFile(text).call.callSid).toBe(CALL_SID);
    expect(text).not.toContain(SECRET_WORD);
  });

  test('callchart export prints the words when it is asked to', async () => {
    expect(await run('export', CALL_SID, '--full', '--url', url())).toBe(0);
    expect(printed.join('\n')).toContain(SECRET_WORD);
  });
});

describe('a call in which escapes were said', () => {
  const ESCAPES = '\u001b]0;gotcha\u0007\u009b2J\u202e';

  beforeEach(async () => {
    await house.close();
    const { journal } = storeJournal();
    const rows = shortCall(CALL_SID).map(({ event, body, ...rest }) =>
      row(event, 'text' in body ? { ...body, text: ESCAPES } : body, rest),
    );
    journal.record(CALL_SID, rows);
    house = await new HttpHouse({ journal }).open();
  });

  test('a call in which escapes were said is printed as a file that means the same, without an escape', async () => {
    expect(await run('export', CALL_SID, '--full', '--url', url())).toBe(0);
    const text = printed.join('\n');
    expect(text).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(JSON.stringify(readCallFile(text))).toContain('\u009b2J\u202e');
  });
});

describe('replay', () => {
  const fileOf = (text: string | Buffer) => {
    const path = join(temporaryFolder(), 'call.json');
    writeFileSync(path, text);
    return path;
  };

  test('callchart replay shows what a file says as text', async () => {
    await run('export', CALL_SID, '--full', '--url', url());
    const file = readCallFile(printed.splice(0).join('\n'));
    const began = {
      ...{
        turns: 'model',
        bargeIn: 'immediate',
        greetingMode: 'model',
        filler: 'none',
        greeting: '',
        canTransfer: false,
        isRecorded: false,
        announcement: '',
      },
      limits: { maxCallMs: 60_000, idleMs: 15_000, toolTimeoutMs: 8000, maxTurnMs: 30_000, minSpeechMs: 200 },
    };
    const [first] = file.rows;
    const rows = [
      { ...first, event: 'call.began', to: null, body: began },
      { ...first, event: 'phone.started\u001b[8m', to: 'call', path: 'connecting\r' },
    ];
    const call = { ...file.call, callSid: `${file.call.callSid}\u001b]0;gotcha\u0007` };
    expect(await run('replay', fileOf(JSON.stringify({ ...file, call, rows })))).toBe(1);
    expect(printed.join('')).toContain('\\u001b[8m');
    expect(printed.join('')).toContain('\\u001b]0;gotcha');
    expect(printed.join('')).not.toMatch(/\p{Cc}/u);
  });

  test('callchart replay tells what is wrong with a file as text', async () => {
    expect(await run('replay', fileOf('{"kind":"callchart.call","version":1,"\\u001b[2Jx":1}'))).toBe(2);
    expect(complained.join('')).not.toMatch(/\p{Cc}/u);
  });

  test('callchart replay reads a file as a shell of Windows writes it, and refuses what is not UTF-8 by its name', async () => {
    await run('export', CALL_SID, '--full', '--url', url());
    const text = printed.splice(0).join('\n');
    const asIs = [await run('replay', fileOf(text)), printed.splice(0), complained.splice(0)];
    const utf16 = [
      await run('replay', fileOf(Buffer.from(`\ufeff${text}`, 'utf16le'))),
      printed.splice(0),
      complained.splice(0),
    ];
    expect(utf16).toEqual(asIs);
    const latin = fileOf(Buffer.from(`{"é":1}`, 'latin1'));
    expect(await run('replay', latin)).toBe(2);
    expect(complained.splice(0).join()).toContain(`${latin}: is not UTF-8: save it as UTF-8`);
  });

  test('callchart replay reads no file that is too large, and nothing that has no end', async () => {
    const path = fileOf('');
    truncateSync(path, 65 * 1024 * 1024);
    expect(await run('replay', path)).toBe(2);
    expect(complained.splice(0).join()).toContain('too large');
    expect(await run('replay', '/dev/zero')).toBe(2);
    expect(complained.splice(0).join()).toContain('is not a file');
  });
});

describe('inspect', () => {
  test('callchart inspect prints where the call is, and opens it', async () => {
    const opened: string[] = [];
    const open = (address: string) => opened.push(address);
    expect(await inspect(CALL_SID, { url: url() }, terminal, open)).toBe(0);
    expect(printed).toEqual([`${url()}/calls/${CALL_SID}`]);
    expect(opened).toEqual(printed);
  });
});

describe.each(['inspect', 'export'])('%s', (command) => {
  test(`callchart ${command} says when there is no such call`, async () => {
    expect(await run(command, 'CA404', '--url', url())).toBe(1);
    expect(complained).toEqual(['callchart: not found: no call has this callSid']);
  });

  test(`callchart ${command} says when the engine wants its token`, async () => {
    vi.stubEnv('ADMIN_TOKEN', 'another-token-of-somebody');
    expect(await run(command, CALL_SID, '--url', url())).toBe(1);
    expect(complained.join()).toContain("set ADMIN_TOKEN to the engine's token");
  });

  test(`callchart ${command} says when nothing answers`, async () => {
    expect(await run(command, CALL_SID, '--url', 'http://127.0.0.1:9')).toBe(1);
    expect(complained.join()).toContain('nothing answers at http://127.0.0.1:9: is the engine running?');
  });

  test(`callchart ${command} needs to know which call`, async () => {
    expect(await run(command)).toBe(2);
    expect(complained.join()).toContain("missing required argument 'callSid'");
  });
});
