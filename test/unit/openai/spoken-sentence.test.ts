import { describe, expect, test } from 'vitest';
import { AgentProfile } from '../../../src/protocol/agent-profile.ts';
import { ClientEvent } from '../../../src/protocol/realtime-client-events.ts';
import { DIALECTS } from '../../../src/services/openai/dialects/dialects.ts';
import { speakSentence } from '../../../src/services/openai/greeting/spoken-sentence.ts';
import { isWordForWord } from '../../../src/services/openai/greeting/word-for-word.ts';
import { ModelSocketPipe } from '../../support/model-socket-pipe.ts';
import { audioOf } from '../../support/model-leg.ts';
import { KeptLog } from '../../support/phone-leg.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const GREETING = 'Hi, this is Acme, how can I help you?';

/** A rendering whose far end is the test. */
function rendering(more: Record<string, unknown> = {}) {
  const clock = new VirtualClock();
  const socket = new ModelSocketPipe();
  const stop = new AbortController();
  const log = new KeptLog();
  const profile = AgentProfile.parse({ id: 'acme', business: { name: 'Acme' }, voice: 'cedar', ...more });
  const clip = speakSentence({
    connect: () => socket,
    makeDialect: DIALECTS.ga,
    profile,
    text: GREETING,
    clock,
    log,
    signal: stop.signal,
  });
  const says = (type: string, fields: Record<string, unknown> = {}) => {
    socket.says(JSON.stringify({ type, ...fields }));
  };
  const sent = () => socket.frames.map((frame) => ClientEvent.parse(JSON.parse(frame)));
  const format = profile.audio === 'pcm16' ? { type: 'audio/pcm', rate: 24_000 } : { type: 'audio/pcmu' };
  /** The session is made and agreed on. */
  const configured = (echo: object = format) => {
    socket.open();
    says('session.created', { session: {} });
    says('session.updated', { session: { audio: { input: { format: echo }, output: { format: echo } } } });
  };
  const place = { response_id: 'r1', item_id: 'i1', output_index: 0, content_index: 0 };
  /** The model says these words, with audio for them. */
  const speaks = (words: string, audio = [audioOf(500, 0x11), audioOf(700, 0x22)], status = 'completed') => {
    says('response.created', { response: { id: 'r1', metadata: { callchart_request: 'response_1' } } });
    says('response.output_audio_transcript.delta', { ...place, delta: words });
    for (const delta of audio) says('response.output_audio.delta', { ...place, delta });
    says('response.output_item.done', { response_id: 'r1', item: { id: 'i1', type: 'message', status } });
    says('response.done', { response: { id: 'r1', status, output: [] } });
  };
  return { clip, socket, clock, stop, log, says, sent, configured, speaks };
}

describe('a greeting that is rendered', () => {
  test('a rendered greeting is asked for in one short session: the voice, no tools, the words', async () => {
    const { clip, socket, sent, configured, speaks, clock } = rendering();
    configured();
    const [update, create, ...none] = sent();
    expect(update).toMatchObject({
      type: 'session.update',
      session: { tools: [], audio: { output: { voice: 'cedar', format: { type: 'audio/pcmu' } } } },
    });
    expect(create).toMatchObject({
      type: 'response.create',
      response: { instructions: expect.stringContaining(`"${GREETING}"`) as string },
    });
    expect(none).toEqual([]);
    speaks(GREETING);
    expect(await clip).toEqual(Buffer.concat([Buffer.alloc(4000, 0x11), Buffer.alloc(5600, 0x22)]));
    expect(socket.closedWith).toBe(1000);
    expect(clock.pending).toBe(0);
  });

  test('a rendered greeting is mu-law at 8000 Hz also where the model speaks PCM', async () => {
    const { clip, configured, speaks } = rendering({ audio: 'pcm16' });
    configured();
    speaks(GREETING, [Buffer.alloc(48_000).toString('base64')]);
    expect((await clip).length).toBe(8000);
  });

  test.each([
    ['adds a word', `Sure! ${GREETING}`],
    ['leaves one out', 'Hi, this is Acme, how can I help?'],
    ['says nothing', ''],
  ])('a rendered greeting is refused when the model %s', async (_, words) => {
    const { clip, configured, speaks, log } = rendering();
    configured();
    speaks(words);
    await expect(clip).rejects.toMatchObject({ code: 'RESPONSE_FAILED' });
    expect(JSON.stringify(log.lines)).not.toContain('Acme');
  });

  test('a rendered greeting is refused when the model broke off, refused the session or went away', async () => {
    const broken = rendering();
    broken.configured();
    broken.speaks(GREETING, undefined, 'incomplete');
    await expect(broken.clip).rejects.toMatchObject({ code: 'RESPONSE_FAILED' });

    const wrongFormat = rendering();
    wrongFormat.configured({ type: 'audio/pcma' });
    await expect(wrongFormat.clip).rejects.toMatchObject({ code: 'MODEL_FORMAT' });

    const gone = rendering();
    gone.configured();
    gone.socket.drops();
    await expect(gone.clip).rejects.toMatchObject({ code: 'MODEL_LOST' });
  });

  test('a rendered greeting is given up after 30 s, and at once when the engine stops', async () => {
    const slow = rendering();
    slow.configured();
    for (let second = 0; second < 30; second++) {
      slow.says('rate_limits.updated');
      slow.clock.advance(1_000);
    }
    await expect(slow.clip).rejects.toMatchObject({ code: 'RESPONSE_FAILED' });
    const stopped = rendering();
    stopped.stop.abort();
    await expect(stopped.clip).rejects.toMatchObject({ code: 'RESPONSE_FAILED' });
    expect(stopped.socket.closedWith).toBe(1000);
  });
});

test.each([
  ['hi this is acme how can i help you', GREETING, true],
  ['Hi — this is Acme. How can I help you', GREETING, true],
  ['¡Hola! Soy la clínica.', 'Hola, soy la clinica', false],
  ['您好,欢迎致电', '您好, 欢迎致电!', true],
  ['Bonjour, c’est Léa', "Bonjour, c'est Le\u0301a", true],
  ['Hi, this is Acme', GREETING, false],
])('%j is word for word %j: %j', (said, asked, is) => {
  expect(isWordForWord(said, asked)).toBe(is);
});
