import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { systemClock } from '../../../src/clock.ts';
import type { RealtimeFaults } from '../../../src/simulator/realtime/faults.ts';
import type { RealtimeServer } from '../../../src/simulator/realtime/server.ts';
import { startRealtimeSimulator } from '../../../src/simulator/realtime/simulator.ts';
import { readScenario } from '../../../src/simulator/scenario.ts';
import { RealtimeClient } from '../../support/realtime-client.ts';
import { SimulatedSession } from '../../support/simulated-session.ts';
import { ToneSpeech } from '../../support/tone-speech.ts';

const update = (session: object) => ({ type: 'session.update', session: { type: 'realtime', ...session } });
const item = (given: object) => ({ type: 'conversation.item.create', item: given });
const truncate = (item_id: unknown, audio_end_ms: number) => ({
  type: 'conversation.item.truncate',
  item_id,
  content_index: 0,
  audio_end_ms,
});

describe('client events are refused with the code of the service', () => {
  const cases: readonly [code: string, what: string, event: { type: string; [field: string]: unknown }][] = [
    ['unknown_parameter', 'a field of the beta', update({ voice: 'marin' })],
    [
      'unknown_parameter',
      'a deep field',
      update({ audio: { input: { format: { type: 'audio/pcmu', rate: 8000 } } } }),
    ],
    ['missing_required_parameter', 'a session without its type', { type: 'session.update', session: {} }],
    ['invalid_value', 'a word that is no event', { type: 'session.open' }],
    [
      'invalid_value',
      'a format that is not spoken',
      update({ audio: { output: { format: { type: 'audio/opus' } } } }),
    ],
    ['invalid_value', 'another model', update({ model: 'gpt-realtime-1.5' })],
    ['input_audio_buffer_commit_empty', 'a commit of nothing', { type: 'input_audio_buffer.commit' }],
    ['response_cancel_not_active', 'a cancel of nothing', { type: 'response.cancel' }],
    ['item_truncate_invalid_item_id', 'a truncation of an unknown item', truncate('item_none', 1)],
    [
      'item_delete_invalid_item_id',
      'a deletion of an unknown item',
      { type: 'conversation.item.delete', item_id: 'x' },
    ],
    ['item_not_found', 'a look at an unknown item', { type: 'conversation.item.retrieve', item_id: 'x' }],
    [
      'invalid_value',
      'an output of an unknown call',
      item({ type: 'function_call_output', call_id: 'x', output: '' }),
    ],
    [
      'unknown_parameter',
      'a part that no user message has',
      item({ type: 'message', role: 'user', content: [], tone: 1 }),
    ],
  ];

  test.each(cases)(
    'client events are refused with the code of the service: %s: %s',
    async (code, _, event) => {
      const session = new SimulatedSession();
      await session.send({ ...event, event_id: 'mine' });
      expect(session.last('error')).toMatchObject({
        error: { code, event_id: 'mine', type: 'invalid_request_error' },
      });
      expect(session.closedWith).toBeUndefined();
    },
  );

  test('client events are refused with the code of the service: invalid_event: text that is not JSON', () => {
    const session = new SimulatedSession();
    session.sendText('{');
    expect(session.refused).toBe('invalid_event');
  });

  test('client events are refused with the code of the service: cannot_update_voice: once the session has spoken, and the whole update is void', async () => {
    const session = new SimulatedSession();
    await session.send(update({ audio: { output: { voice: 'cedar' } } }));
    expect(session.refused).toBeUndefined();
    await session.ask('hello');
    await session.send(update({ instructions: 'New.', audio: { output: { voice: 'ash' } } }));
    expect(session.refused).toBe('cannot_update_voice');
    await session.send(update({ tools: [], audio: { output: { voice: 'cedar' } } }));
    const now = session.last('session.updated')?.['session'];
    expect(now).not.toMatchObject({ instructions: 'New.' });
    expect(session.all('session.updated')).toHaveLength(2);
  });

  test('client events are refused with the code of the service: unknown_parameter: reasoning on models that have none', async () => {
    const codes = await Promise.all(
      ['gpt-realtime-1.5', 'gpt-realtime-2025-08-28', 'gpt-realtime-2.1-mini'].map(async (model) => {
        const session = new SimulatedSession({}, model);
        await session.send(update({ reasoning: { effort: 'low' } }));
        return session.refused;
      }),
    );
    expect(codes).toEqual(['unknown_parameter', 'unknown_parameter', undefined]);
  });

  test('client events are refused with the code of the service: unsupported_content_type: truncating what is not audio of the agent', async () => {
    const session = new SimulatedSession();
    await session.type('hello');
    const added = session.last('conversation.item.added')?.['item'];
    await session.send(truncate((added as { id: string }).id, 0));
    expect(session.refused).toBe('unsupported_content_type');
  });

  test('client events are refused with the code of the service: item_truncate_invalid_item_id: items of a response beside the conversation', async () => {
    const session = new SimulatedSession();
    const response = { conversation: 'none', instructions: 'Say exactly: "One moment."', input: [] };
    await session.send({ type: 'response.create', response }, 60_000);
    expect(session.last('response.created')).toMatchObject({ response: { conversation_id: null } });
    expect(session.all('conversation.item.added')).toHaveLength(0);
    await session.send(truncate(session.last('response.output_audio.delta')?.['item_id'], 1));
    expect(session.refused).toBe('item_truncate_invalid_item_id');
  });
});

describe('sockets', () => {
  let simulator: RealtimeServer | undefined;

  afterEach(async () => {
    await simulator?.close();
  });

  const start = async (faults: RealtimeFaults = {}) => {
    const speech = new ToneSpeech();
    simulator = await startRealtimeSimulator({
      speech,
      scenario: readScenario(),
      clock: systemClock,
      faults,
    });
    return simulator;
  };

  test('sockets that ask for the beta get beta_api_shape_disabled and close 4000', async () => {
    const { url } = await start();
    const client = new RealtimeClient(url, { headers: { 'OpenAI-Beta': 'realtime=v1' } });
    expect((await client.next('error')).error.code).toBe('beta_api_shape_disabled');
    expect(await client.closed).toBe(4000);
    expect(client.events).toHaveLength(1);
  });

  test('sockets that ask for a model that nobody has get model_not_found and close 4000', async () => {
    const { url } = await start();
    const client = new RealtimeClient(url, { model: 'gpt-realtime-two' });
    expect((await client.next('error')).error).toMatchObject({
      type: 'invalid_request_error',
      code: 'model_not_found',
    });
    expect(await client.closed).toBe(4000);
    expect(client.events).toHaveLength(1);
  });

  test.each([
    ['a retired model', '?model=gpt-4o-realtime-preview', 'Bearer sk-simulated', {}, 404],
    ['no model', '', 'Bearer sk-simulated', {}, 400],
    ['no key', '?model=gpt-realtime-2.1', '', {}, 401],
    ['a busy service', '?model=gpt-realtime-2.1', 'Bearer sk-simulated', { refuseUpgrade: 429 }, 429],
  ] as const)('sockets are refused before they open: %s', async (_, query, Authorization, faults, status) => {
    const { url } = await start(faults);
    const client = new WebSocket(`${url}${query}`, { headers: { Authorization } });
    const [, response] = (await once(client, 'unexpected-response')) as [unknown, IncomingMessage];
    expect(response.statusCode).toBe(status);
  });

  test('sockets are cut without a close when the network is lost', async () => {
    const { url, drop } = await start();
    const client = new RealtimeClient(url);
    await client.next('session.created');
    drop();
    expect(await client.closed).toBe(1006);
  });
});
