import { describe, expect, test } from 'vitest';
import type { ResponsePurpose } from '../../../src/machines/call/call.events.ts';
import { AgentProfile } from '../../../src/protocol/agent-profile.ts';
import { ClientEvent } from '../../../src/protocol/realtime-client-events.ts';
import { REALTIME_CAPABILITIES } from '../../../src/services/openai/dialects/ga.dialect.ts';
import { instructionsOf } from '../../../src/services/openai/session/prompt.ts';
import { responseParams } from '../../../src/services/openai/session/response-params.ts';
import {
  capabilitiesFor,
  repliesUpdate,
  sessionOf,
} from '../../../src/services/openai/session/session-config.ts';
import { BOOK } from '../../support/model-leg.ts';

const PURPOSES = [
  'greeting',
  'reply',
  'toolAnswer',
  'idlePrompt',
  'lastMinute',
  'goodbye',
  'transfer',
  'transferFailed',
  'filler',
  'say',
] as const;

const profileOf = (more: Record<string, unknown> = {}) =>
  AgentProfile.parse({ id: 'test', business: { name: 'Acme' }, ...more });

function needsOf(more: Record<string, unknown> = {}) {
  const profile = profileOf(more);
  const capabilities = capabilitiesFor(REALTIME_CAPABILITIES, profile);
  return { profile, tools: [BOOK], capabilities, audio: profile.audio };
}

describe('a session', () => {
  test('a session is what the profile says, and what the service takes', () => {
    const session = sessionOf(needsOf(), false);
    expect(ClientEvent.safeParse({ type: 'session.update', session }).error).toBeUndefined();
    expect(session).toMatchObject({
      output_modalities: ['audio'],
      audio: {
        input: {
          format: { type: 'audio/pcmu' },
          transcription: { model: 'gpt-transcribe' },
          turn_detection: {
            type: 'server_vad',
            threshold: 0.5,
            prefix_padding_ms: 300,
            silence_duration_ms: 500,
            idle_timeout_ms: null,
            create_response: false,
            interrupt_response: false,
          },
        },
        output: { format: { type: 'audio/pcmu' }, voice: 'marin' },
      },
      tools: [{ type: 'function', name: 'book_appointment' }],
      max_output_tokens: 'inf',
    });
  });

  test('a session names a language to the transcription only when the agent never leaves it', () => {
    const open = sessionOf(needsOf({ language: { default: 'pt-BR' } }), false);
    expect(open.audio?.input?.transcription).toEqual({ model: 'gpt-transcribe' });
    const fixed = sessionOf(needsOf({ language: { default: 'pt-BR', switch: 'never' } }), false);
    expect(fixed.audio?.input?.transcription).toEqual({ model: 'gpt-transcribe', language: 'pt' });
  });

  test('a session speaks 24 kHz PCM where the profile wants it', () => {
    const { audio } = sessionOf(needsOf({ audio: 'pcm16' }), false);
    expect(audio?.input?.format).toEqual({ type: 'audio/pcm', rate: 24_000 });
    expect(audio?.output?.format).toEqual({ type: 'audio/pcm', rate: 24_000 });
  });

  test('a session leaves turns to the call where barge-in is to be confirmed', () => {
    const update = repliesUpdate(needsOf({ bargeIn: 'confirmed' }), true);
    expect(update.audio?.input?.turn_detection).toMatchObject({
      create_response: false,
      interrupt_response: false,
    });
  });

  test('a session never names the voice again', () => {
    const update = repliesUpdate(needsOf({ turnDetection: { type: 'semantic_vad' } }), true);
    expect(update).toEqual({
      type: 'realtime',
      audio: {
        input: {
          turn_detection: {
            type: 'semantic_vad',
            eagerness: 'auto',
            create_response: true,
            interrupt_response: true,
          },
        },
      },
    });
  });
});

describe('the prompt', () => {
  test('the prompt holds what the profile knows', () => {
    const text = instructionsOf(
      profileOf({
        business: {
          name: 'Bright Smile',
          description: 'A dentist.',
          hours: [{ days: ['mon', 'tue'], from: '09:00', to: '17:00' }],
          services: ['Cleaning', { name: 'Check-up', durationMinutes: 45 }],
          address: '12 High Street',
          timezone: 'America/New_York',
          holidays: ['2026-12-25'],
        },
        personality: 'Calm and kind.',
      }),
      [BOOK],
    );
    for (const fact of [
      'Bright Smile',
      'A dentist.',
      'mon, tue 09:00 to 17:00',
      'Cleaning; Check-up (45 minutes)',
      '12 High Street',
      'America/New_York',
      '2026-12-25',
      'Calm and kind.',
      'book_appointment: Books an appointment.',
    ]) {
      expect(text).toContain(fact);
    }
  });

  test('the prompt never holds a phone number of the business', () => {
    const text = instructionsOf(
      profileOf({ phoneNumbers: ['+12025550100'], escalation: { phoneNumber: '+12025550111' } }),
      [],
    );
    expect(text).not.toMatch(/\+?\d{7,}/);
  });

  test('the prompt tells when to change the language', () => {
    expect(instructionsOf(profileOf(), [])).toContain('Speak English, from the first word.');
    expect(instructionsOf(profileOf({ language: { default: 'de', switch: 'never' } }), [])).toContain(
      'Speak German only',
    );
    expect(instructionsOf(profileOf({ language: { allowed: ['es', 'fr'] } }), [])).toContain(
      'Spanish, French',
    );
  });
});

describe('the words of a response', () => {
  const wordsOf = (purpose: ResponsePurpose, text?: string) =>
    responseParams(profileOf(), { purpose, text, tag: 'response_1', spoken: undefined });

  test.each(PURPOSES)(
    'the words of a response for %s are what the service takes, and say whose they are',
    (purpose) => {
      const response = wordsOf(purpose, 'busy');
      expect(ClientEvent.safeParse({ type: 'response.create', response }).error).toBeUndefined();
      expect(response.metadata).toEqual({ callchart_request: 'response_1', purpose });
    },
  );

  test('the words of a response leave a reply to the session', () => {
    expect(wordsOf('reply')).toEqual({ metadata: { callchart_request: 'response_1', purpose: 'reply' } });
  });

  test('the words of a response are word for word where they have to be', () => {
    expect(wordsOf('greeting').instructions).toContain('"Hi, this is Acme, how can I help you?"');
    expect(wordsOf('say', 'He said "stop".').instructions).toContain('"He said "stop"."');
  });

  test('the words of a response say who speaks where they replace the instructions of the session', () => {
    expect(wordsOf('transferFailed', 'noAnswer').instructions).toContain('Acme');
  });

  test.each([
    ['busy', 'busy'],
    ['noAnswer', 'no-answer'],
    ['failed', 'failed'],
    ['cancelled', 'canceled'],
    [undefined, 'failed'],
  ])(
    'the words of a response tell a transfer that was %s by the name that the line has for it: %s',
    (result, name) => {
      expect(wordsOf('transferFailed', result).instructions).toContain(
        `You tried to connect the caller to a person, and it failed; the line says: ${name}. Apologise, say in plain words what that means, and offer to take a message.`,
      );
    },
  );

  test('the words of a response belong to one purpose each: what one says, no other does', () => {
    const saying = (words: string) =>
      PURPOSES.filter((purpose) => wordsOf(purpose).instructions?.toLowerCase().includes(words));
    expect(saying('goodbye')).toEqual(['goodbye']);
    expect(saying('still there')).toEqual(['idlePrompt']);
    expect(saying('one moment')).toEqual(['transfer', 'filler']);
  });
});
