import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { commandLine, runCommandLine } from '../../../src/cli/command-line.ts';
import { inspect } from '../../../src/cli/inspect.ts';
import type { Terminal } from '../../../src/cli/terminal.ts';
import { readCallFile } from '../../../src/protocol/call-file.ts';
import { ADMIN_TOKEN, CALL_SID, HttpHouse } from '../../support/http.ts';
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
  test('prints one call without a word of it', async () => {
    expect(await run('export', CALL_SID, '--url', url())).toBe(0);
    const text = printed.join('\n');
    expect(readCallFile(text).call.callSid).toBe(CALL_SID);
    expect(text).not.toContain(SECRET_WORD);
  });

  test('prints the words when it is asked to', async () => {
    expect(await run('export', CALL_SID, '--full', '--url', url())).toBe(0);
    expect(printed.join('\n')).toContain(SECRET_WORD);
  });
});

describe('inspect', () => {
  test('prints where the call is, and opens it', async () => {
    const opened: string[] = [];
    const open = (address: string) => opened.push(address);
    expect(await inspect(CALL_SID, { url: url() }, terminal, open)).toBe(0);
    expect(printed).toEqual([`${url()}/calls/${CALL_SID}`]);
    expect(opened).toEqual(printed);
  });
});

describe.each(['inspect', 'export'])('%s', (command) => {
  test('says when there is no such call', async () => {
    expect(await run(command, 'CA404', '--url', url())).toBe(1);
    expect(complained).toEqual(['callchart: there is nothing of that name: no call of that SID']);
  });

  test('says when the engine wants its token', async () => {
    vi.stubEnv('ADMIN_TOKEN', 'another-token-of-somebody');
    expect(await run(command, CALL_SID, '--url', url())).toBe(1);
    expect(complained.join()).toContain('set ADMIN_TOKEN to that of the engine');
  });

  test('says when nothing answers', async () => {
    expect(await run(command, CALL_SID, '--url', 'http://127.0.0.1:9')).toBe(1);
    expect(complained.join()).toContain('nothing answers at http://127.0.0.1:9: is the engine running?');
  });

  test('needs to know which call', async () => {
    expect(await run(command)).toBe(2);
    expect(complained.join()).toContain("missing required argument 'callSid'");
  });
});
