import { describe, expect, test } from 'vitest';
import { AgentProfile, readAgentProfile } from '../../../src/protocol/agent-profile.ts';
import { ClientEvent } from '../../../src/protocol/realtime-client-events.ts';
import { REALTIME_CAPABILITIES } from '../../../src/services/openai/dialects/ga.dialect.ts';
import {
  capabilitiesFor,
  repliesUpdate,
  sessionOf,
} from '../../../src/services/openai/session/session-config.ts';

const smallest = { id: 'x', business: { name: 'X' }, tools: [] };

/** The turn detection that a session is configured with, first and after the greeting. */
function detectionOf(turnDetection: Record<string, unknown>, more: Record<string, unknown> = {}) {
  const profile = AgentProfile.parse({ ...smallest, turnDetection, ...more });
  const capabilities = capabilitiesFor(REALTIME_CAPABILITIES, profile);
  const needs = { profile, tools: [], capabilities, audio: profile.audio };
  const sessions = [sessionOf(needs, false), repliesUpdate(needs, true)];
  for (const session of sessions) ClientEvent.parse({ type: 'session.update', session });
  return sessions.map(({ audio }) => audio?.input?.turn_detection);
}

/** Where a profile with this turn detection is wrong. */
const wrongAt = (turnDetection: Record<string, unknown>) => {
  const read = readAgentProfile({ ...smallest, turnDetection }, new Set());
  return 'problems' in read ? read.problems.map(({ path }) => path) : [];
};

describe('turn detection by silence', () => {
  const every = {
    type: 'server_vad',
    threshold: 0.7,
    prefix_padding_ms: 200,
    silence_duration_ms: 650,
    idle_timeout_ms: 12_000,
  };

  test('turn detection by silence reaches the session with every field, whole each time', () => {
    expect(detectionOf(every)).toEqual([
      { ...every, create_response: false, interrupt_response: false },
      { ...every, create_response: true, interrupt_response: true },
    ]);
  });

  test('turn detection by silence always says how long a silence ends a turn: the service tells its default in two ways', () => {
    const [detection] = detectionOf({ type: 'server_vad' });
    expect(detection).toMatchObject({
      threshold: 0.5,
      prefix_padding_ms: 300,
      silence_duration_ms: 500,
      idle_timeout_ms: null,
    });
  });

  test('turn detection by silence takes what the service takes, at both ends', () => {
    for (const fields of [
      { threshold: 0 },
      { threshold: 1 },
      { idle_timeout_ms: 5000 },
      { idle_timeout_ms: 30_000 },
      { idle_timeout_ms: null },
      { prefix_padding_ms: 0, silence_duration_ms: 0 },
    ]) {
      expect(wrongAt({ type: 'server_vad', ...fields }), JSON.stringify(fields)).toEqual([]);
    }
  });

  test.each([
    { threshold: -0.1 },
    { threshold: 1.01 },
    { threshold: '0.5' },
    { prefix_padding_ms: -1 },
    { silence_duration_ms: 0.5 },
    { idle_timeout_ms: 4999 },
    { idle_timeout_ms: 30_001 },
    { eagerness: 'high' },
    { create_response: true },
    { interrupt_response: false },
  ])('turn detection by silence refuses %j by its name', (fields) => {
    expect(wrongAt({ type: 'server_vad', ...fields })).toEqual([
      `turnDetection.${Object.keys(fields)[0] ?? ''}`,
    ]);
  });
});

describe('turn detection by meaning', () => {
  test.each(['low', 'medium', 'high', 'auto'])(
    'turn detection by meaning reaches the session with its eagerness, %s',
    (eagerness) => {
      expect(detectionOf({ type: 'semantic_vad', eagerness })).toEqual([
        { type: 'semantic_vad', eagerness, create_response: false, interrupt_response: false },
        { type: 'semantic_vad', eagerness, create_response: true, interrupt_response: true },
      ]);
    },
  );

  test.each([
    { eagerness: 'eager' },
    { threshold: 0.5 },
    { silence_duration_ms: 500 },
    { idle_timeout_ms: 5000 },
  ])('turn detection by meaning refuses %j by its name', (fields) => {
    expect(wrongAt({ type: 'semantic_vad', ...fields })).toEqual([
      `turnDetection.${Object.keys(fields)[0] ?? ''}`,
    ]);
  });
});

test('turn detection leaves interruptions and replies to the call where barge-in is confirmed', () => {
  for (const type of ['server_vad', 'semantic_vad']) {
    for (const detection of detectionOf({ type }, { bargeIn: 'confirmed' })) {
      expect(detection).toMatchObject({ type, create_response: false, interrupt_response: false });
    }
  }
});

test('turn detection is only one of the two, and never absent', () => {
  expect(wrongAt({ type: 'none' })).toEqual(['turnDetection.type']);
  expect(AgentProfile.parse(smallest).turnDetection.type).toBe('server_vad');
});
