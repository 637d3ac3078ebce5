import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ERRORS } from '../../src/errors.ts';
import { FEED } from '../../src/protocol/call-feed.ts';
import { ClientEvent } from '../../src/protocol/realtime-client-events.ts';
import { SERVER_EVENTS } from '../../src/protocol/realtime-server-events.ts';
import { STREAM_MESSAGES, StreamReply } from '../../src/protocol/twilio-stream.ts';
import { WEBHOOK_ROUTES } from '../../src/services/twilio/webhooks/webhook-routes.ts';

const page = readFileSync('docs/reference/wires.md', 'utf8');

/** What stands between a heading and the next one. */
const section = (heading: string) => page.split(`# ${heading}\n`)[1]?.split(/^#/m)[0] ?? '';
const firstCells = (heading: string) =>
  [...section(heading).matchAll(/^\| `([^`]+)` +\|/gm)].map(([, cell = '']) => cell);

const TO_CARRIER: readonly string[] = StreamReply.options.map(({ shape }) => shape.event.value);
const FROM_CARRIER: readonly string[] = STREAM_MESSAGES.map(({ shape }) => shape.event.value);
const TO_MODEL: readonly string[] = ClientEvent.options.map(({ shape }) => shape.type.value);
const FROM_MODEL: readonly string[] = Object.keys(SERVER_EVENTS);

test.each([
  ['Twilio to the engine', FROM_CARRIER],
  ['The engine to Twilio', TO_CARRIER],
  ['The engine to the model', TO_MODEL],
  ['The model to the engine', FROM_MODEL],
])('wires.md tells every message of "%s", and no other', (heading, names) => {
  expect(names.length).toBeGreaterThan(2);
  expect(firstCells(heading)).toEqual(names);
});

test('wires.md tells what is read of every form that Twilio posts', () => {
  const posted = Object.keys(WEBHOOK_ROUTES).filter((route) => route.startsWith('POST'));
  const told = [...section('Webhooks').matchAll(/^\| `\w+` +\| `([^`]+)`/gm)].map(([, route]) => route);
  expect([...new Set(told)].sort()).toEqual(posted.sort());
});

test('wires.md shows in its orders only messages that go that way', () => {
  const [streams = '', models = ''] = page.split('## OpenAI Realtime');
  const sent = (text: string, arrow: string) =>
    [...text.matchAll(new RegExp(`^${arrow} (.+)$`, 'gm'))].map(([, name]) => name);
  const stray = (text: string, arrow: string, names: readonly string[]) =>
    sent(text, arrow).filter((name) => !names.includes(String(name)));
  expect(sent(page, '→').length).toBeGreaterThan(5);
  expect(stray(streams, '→', TO_CARRIER)).toEqual([]);
  expect(stray(streams, '←', FROM_CARRIER)).toEqual([]);
  expect(stray(models, '→', TO_MODEL)).toEqual([]);
  expect(stray(models, '←', FROM_MODEL)).toEqual([]);
});

test('wires.md names only facts that a call is told, and closes by every code that an error has', () => {
  const named = [
    ...page.matchAll(/`((?:caller|agent|phone|model|tool|response|usage|playback|digit)\.\w+)`/g),
  ];
  const known = new Set([...Object.keys(FEED), ...TO_MODEL, ...FROM_MODEL]);
  expect(named.length).toBeGreaterThan(10);
  expect(named.map(([, name = '']) => name).filter((name) => !known.has(name))).toEqual([]);
  const codes = Object.entries(ERRORS).flatMap(([name, row]) => ('close' in row ? [[name, row.close]] : []));
  for (const [name, close] of codes) {
    expect(section('How a stream is closed')).toMatch(
      new RegExp(`^\\| ${String(close)} .*\`${String(name)}\``, 'm'),
    );
  }
});
