import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { FullRow } from '../../src/protocol/console-calls.ts';
import type { TranscriptLine } from '../../src/protocol/console-calls.ts';
import { CallerVoice } from '../../src/simulator/carrier/caller-voice.ts';
import { placeCall } from '../../src/simulator/carrier/place-call.ts';
import { startEngineProcess } from '../support/engine-process.ts';
import { toolCallingModel } from '../support/tool-calling-model.ts';

/** A process that loads TypeScript, real sockets, real time. */
const PATIENCE_MS = 90_000;

/** One number for each way in; no other digits of these calls look like them. */
const SPOKEN = ['4539 1488', '0343 6467'] as const;
const KEYED = '5425233430109903';
const TOOL = '6011 0009 9013 9424';
const OPERATOR = '3787 344936 71000';
const CODE = '739';
/** As they could stand anywhere: as written, and without spaces. */
const SECRETS = [...SPOKEN, SPOKEN.join(' '), KEYED, TOOL, OPERATOR, `is ${CODE}`].flatMap((text) => [
  text,
  text.replaceAll(' ', ''),
]);
/** A sound of the caller's that is never silence. */
const TONE = 0x21;
const HEADER_BYTES = 58;
/** A frame is in the recording where it was sent, and in the rows when it came: on a busy machine that is later. */
const LATE_MS = 500;

async function wholeCall(cardNumbers: 'mask' | 'keep') {
  const data = mkdtempSync(join(tmpdir(), 'callchart-cards-'));
  const agents = mkdtempSync(join(tmpdir(), 'callchart-agents-'));
  const profile = { id: 'default', business: { name: 'Acme' }, recording: true, cardNumbers };
  writeFileSync(
    join(agents, 'default.json'),
    JSON.stringify({ ...profile, maskDigits: cardNumbers === 'mask' }),
  );
  const model = await toolCallingModel();
  const engine = await startEngineProcess({
    OPENAI_REALTIME_URL: model.url,
    OPENAI_API_KEY: 'any',
    DATABASE_URL: `file:${join(data, 'calls.sqlite')}`,
    AGENTS_DIR: agents,
    LOG_LEVEL: 'debug',
  });
  if (!('url' in engine)) throw new Error(`the engine did not start: ${engine.stderr}`);
  const get = async (path: string) => (await fetch(`${engine.url}${path}`)).text();
  const post = async (path: string, body: object) =>
    (
      await fetch(`${engine.url}${path}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      })
    ).status;

  const feed: string[] = [];
  const live = new WebSocket(`${engine.url.replace('http', 'ws')}/api/live`);
  await once(live, 'open');
  live.on('message', (frame: Buffer) => feed.push(frame.toString()));

  let quiet = 0;
  const voice = new CallerVoice();
  const opened = model.nextSession();
  const call = placeCall({
    url: engine.url,
    to: '+12025550100',
    from: '+12025550123',
    voice,
    tell: ({ type }) => {
      if (type === 'agent.quiet') quiet++;
    },
  });
  const path = `/api/calls/${call.callSid}`;
  live.send(JSON.stringify({ type: 'subscribe', callSids: [call.callSid] }));
  const session = await opened;
  session.words = 'This call is recorded. Hello.';
  const rows = async () => JSON.parse(await get(`${path}/events?bodies=full`)) as FullRow[];
  const until = (isThere: (rows: readonly FullRow[]) => boolean) =>
    vi.waitUntil(async () => isThere(await rows()), { timeout: 20_000, interval: 50 });
  const untilQuiet = (times: number) => vi.waitUntil(() => quiet >= times, { timeout: 20_000, interval: 20 });
  const count = (all: readonly FullRow[], event: string) => all.filter((row) => row.event === event).length;

  await until((all) => count(all, 'recording.began') === 1);
  void voice.say(Buffer.alloc(60 * 8000, TONE));
  session.words = `Yes, ${SPOKEN[0]}, and then?`;
  session.hears(`My card number is ${SPOKEN[0]}`);
  await untilQuiet(2);
  session.audioMs = 1000;
  session.words = `So it is ${SPOKEN.join(' ')}, and the code is ${CODE}.`;
  session.hears(`${SPOKEN[1]}, and the security code is ${CODE}.`);
  await untilQuiet(3);
  session.words = 'Thank you.';
  session.audioMs = 3000;
  session.hears('Nothing else, I only want an appointment.');
  await untilQuiet(4);
  session.audioMs = 500;
  call.press(`${KEYED}#`);
  await untilQuiet(5);
  await session.callsAndHears({ name: 'create_lead', args: { name: 'Ann', notes: `card ${TOOL}` } });
  await untilQuiet(6);
  expect(await post(`${path}/whisper`, { text: `The card is ${OPERATOR}.` })).toBe(202);
  session.hears('That is fine with me.');
  await untilQuiet(7);
  const commands = [
    await post(`${path}/recording`, { paused: true }),
    await post(`${path}/recording`, { paused: false }),
  ];
  await session.callsAndHears({ name: 'pause_recording', args: {} });
  await untilQuiet(8);
  call.hangUp();
  await call.ended;
  await until((all) => count(all, 'call.ended') === 1);

  const told = await Promise.all(
    ['', '/transcript?unheard=true', '/events?bodies=full', '/export?words=full'].map((end) =>
      get(path + end),
    ),
  );
  const found = JSON.parse(await get(`/api/calls?q=${SPOKEN[0].slice(0, 4)}`)) as { items: unknown[] };
  const leads = await get('/api/leads');
  const wav = Buffer.from(await (await fetch(`${engine.url}${path}/recording`)).arrayBuffer());
  const transcript = JSON.parse(await get(`${path}/transcript`)) as TranscriptLine[];
  const allRows = await rows();
  live.close();
  /** While the engine still has it open: the write-ahead log is there, too. */
  const files = () =>
    readdirSync(data, { recursive: true, encoding: 'utf8' })
      .map((name) => join(data, name))
      .filter((name) => statSync(name).isFile() && !name.endsWith('.wav'))
      .map((name) => readFileSync(name, 'latin1'));
  const onDisk = files();
  expect(await engine.stop()).toBe(0);
  await model.close();
  const places = {
    disk: [...onDisk, ...files()].join('\n'),
    api: [...told, leads].join('\n'),
    feed: feed.join('\n'),
    log: Object.values(engine.printed()).join(''),
    keypad: session.messages.filter((text) => text.includes('keypad')).join('\n'),
    tools: session.outputs.map(({ output }) => output).join('\n'),
  };
  return { places, found, leads, wav, transcript, rows: allRows, session, commands };
}

const secretsIn = (text: string) => SECRETS.filter((secret) => text.includes(secret));

describe('a call with card numbers, spoken, repeated, keyed, in tools and by an operator', () => {
  let call: Awaited<ReturnType<typeof wholeCall>>;
  beforeAll(async () => {
    call = await wholeCall('mask');
  }, PATIENCE_MS);

  test('a call with card numbers leaves no digit of them on the disk, in the API, the live feed, the log, or with the model', () => {
    const found = Object.entries(call.places).map(([place, text]) => [place, secretsIn(text)]);
    expect(found).toEqual(Object.keys(call.places).map((place) => [place, []]));
    expect(call.found.items).toEqual([]);
    for (const place of ['disk', 'api', 'feed'] as const)
      expect(call.places[place]).toContain('[card number removed]');
  });

  test('a call with card numbers says in its transcript where they were', () => {
    const said = call.transcript.filter(({ role }) => role !== 'tool').map(({ text }) => text);
    expect(said.slice(1, 5)).toEqual([
      'My card number is [card number removed]',
      'Yes, [card number removed], and then?',
      '[card number removed], and the security code is [card code removed].',
      'So it is [card number removed], and the code is [card code removed].',
    ]);
    expect(said).toContain('Nothing else, I only want an appointment.');
  });

  test('a call with card numbers tells the model what became of the keys, and goes on', () => {
    const at = call.session.messages.indexOf('[keypad] [card number removed]');
    expect(at).toBeGreaterThanOrEqual(0);
    expect(call.session.messages[at + 1]).toContain('It was removed before it reached you');
    expect(call.leads).toContain('card [card number removed]');
  });

  test('a call with card numbers has a recording that is silent while the numbers were given, and in time', () => {
    const of = (event: string) => call.rows.filter((row) => row.event === event);
    const began = Date.parse(of('recording.began')[0]?.at ?? '');
    const caller = call.wav.subarray(HEADER_BYTES).filter((_, i) => i % 2 === 0);
    const share = (from: number, to: number) => {
      const part = caller.subarray((from - began) * 8, (to - began) * 8);
      return part.filter((byte) => byte === TONE).length / part.length;
    };
    const started = Date.parse(of('caller.startedSpeaking')[0]?.at ?? '');
    const resumed = Date.parse(of('recording.resumed')[0]?.at ?? '');
    expect(share(started, resumed - LATE_MS)).toBe(0);
    const keyed = Date.parse(of('digit.pressed')[0]?.at ?? '');
    expect(share(resumed + 100, keyed - 1600)).toBeGreaterThan(0.9);
    const goneOn = Date.parse(of('recording.resumed').find(({ at }) => Date.parse(at) > keyed)?.at ?? '');
    expect(share(keyed, goneOn - LATE_MS)).toBe(0);
    const by = call.rows.filter(({ event }) => /^recording\.(?:paused|resumed)$/.test(event));
    expect(
      by.filter(({ body }) => body['by'] !== 'card').map(({ event, body }) => [event, body['by']]),
    ).toEqual([
      ['recording.paused', 'operator'],
      ['recording.resumed', 'operator'],
      ['recording.paused', 'agent'],
    ]);
    expect(call.commands).toEqual([202, 202]);
  });
});

describe('a call whose profile keeps card numbers', () => {
  let call: Awaited<ReturnType<typeof wholeCall>>;
  beforeAll(async () => {
    call = await wholeCall('keep');
  }, PATIENCE_MS);

  test('a call whose profile keeps card numbers has them wherever they were said, and in no log', () => {
    for (const place of ['disk', 'api', 'feed', 'keypad'] as const)
      expect(secretsIn(call.places[place]), place).toContain(place === 'keypad' ? KEYED : SPOKEN[0]);
    expect(secretsIn(call.places.log)).toEqual([]);
    expect(call.rows.filter(({ body }) => body['by'] === 'card')).toEqual([]);
  });
});
