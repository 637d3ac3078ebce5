import { describe, expect, test } from 'vitest';
import { readAgentProfile } from '../../../src/protocol/agent-profile.ts';
import { greetingOf } from '../../../src/protocol/profile-sentences.ts';

const TOOLS = new Set([
  'create_lead',
  'check_availability',
  'book_appointment',
  'cancel_appointment',
  'reschedule_appointment',
  'send_sms',
  'escalate_to_human',
  'pause_recording',
  'resume_recording',
  'end_call',
]);
const smallest = { id: 'x', business: { name: 'X' } };

/** The places at which a profile is wrong. */
const wrongAt = (more: object) => {
  const read = readAgentProfile({ ...smallest, ...more }, TOOLS);
  return 'problems' in read ? read.problems.map(({ path }) => path) : [];
};

describe('a profile', () => {
  test('a profile needs an id and the name of a business, and nothing else', () => {
    const read = readAgentProfile(smallest, TOOLS);
    expect(read).toMatchObject({
      profile: {
        voice: 'marin',
        audio: 'pcmu',
        recording: false,
        turnDetection: { type: 'server_vad', silence_duration_ms: 500 },
        limits: { maxCallMs: 1_800_000, idleMs: 15_000, toolTimeoutMs: 8000 },
        language: { default: 'en', switch: 'when-caller-does' },
      },
    });
    expect(readAgentProfile({}, TOOLS)).toMatchObject({ problems: [{ path: 'id' }, { path: 'business' }] });
  });

  test('a profile keeps the other limits when one is set', () => {
    expect(readAgentProfile({ ...smallest, limits: { idleMs: 1 } }, TOOLS)).toMatchObject({
      profile: { limits: { idleMs: 1, maxCallMs: 1_800_000 } },
    });
  });

  test.each<[object, string]>([
    [{ id: 'Upper' }, 'id'],
    [{ id: '../up' }, 'id'],
    [{ id: 'a'.repeat(65) }, 'id'],
    [{ phoneNumbers: ['12025550100'] }, 'phoneNumbers.0'],
    [{ phoneNumbers: ['+12025550100', '+12025550100'] }, 'phoneNumbers'],
    [{ phoneNumbers: ['+12025550100;ext=9'] }, 'phoneNumbers.0'],
    [{ phoneNumbers: ['+١٢٠٢٥٥٥٠١٠٠'] }, 'phoneNumbers.0'],
    [{ business: { name: '' } }, 'business.name'],
    [{ business: { name: 'X', timezone: 'Mars/Olympus' } }, 'business.timezone'],
    [{ business: { name: 'X', holidays: ['2026-02-30'] } }, 'business.holidays.0'],
    [{ business: { name: 'X', hours: [{ days: [], from: '08:00', to: '09:00' }] } }, 'business.hours.0.days'],
    [
      { business: { name: 'X', hours: [{ days: ['mon'], from: '18:00', to: '02:00' }] } },
      'business.hours.0.to',
    ],
    [
      { business: { name: 'X', services: [{ name: 'cut', durationMinutes: 1 }] } },
      'business.services.0.durationMinutes',
    ],
    [{ business: { name: 'X', services: [{ name: 'cut', price: 1 }] } }, 'business.services.0.price'],
    [{ turnDetection: { type: 'none' } }, 'turnDetection.type'],
    [{ turnDetection: { type: 'semantic_vad', threshold: 0.5 } }, 'turnDetection.threshold'],
    [{ escalation: { phoneNumber: 'sip:x@evil' } }, 'escalation.phoneNumber'],
    [{ language: { default: 'english please' } }, 'language.default'],
    [{ limits: { maxCallMs: 2 ** 31 } }, 'limits.maxCallMs'],
    [{ limits: { idleMs: 1.5 } }, 'limits.idleMs'],
    [{ tools: ['end_call', 'end_call'] }, 'tools'],
    [{ tools: ['rm'] }, 'tools.0'],
    [{ constructor: {} }, 'constructor'],
  ])('a profile with %j is wrong at %s', (more, path) => {
    expect(wrongAt(more)).toEqual([path]);
  });

  test('a profile takes hours to midnight and services by name', () => {
    const hours = [{ days: ['fri', 'sat'], from: '18:00', to: '24:00' }];
    expect(wrongAt({ business: { name: 'X', hours, services: ['cut', { name: 'colour' }] } })).toEqual([]);
  });

  test('a profile greets with the name of the business, whatever it holds', () => {
    const read = readAgentProfile({ ...smallest, business: { name: "A $& B $' C" } }, TOOLS);
    if ('problems' in read) expect.unreachable();
    else expect(greetingOf(read.profile)).toBe("Hi, this is A $& B $' C, how can I help you?");
  });
});

describe('a word that is not known', () => {
  const told = (more: object) => {
    const read = readAgentProfile({ ...smallest, ...more }, TOOLS);
    return 'problems' in read ? read.problems.map(({ path, message }) => `${path}: ${message}`) : [];
  };

  test.each<[object, string]>([
    [{ personalty: 'Kind.' }, 'personalty: is unknown, did you mean "personality"?'],
    [{ surprise: 1 }, 'surprise: is unknown'],
    // What another kind of turn detection has is not offered.
    [
      { turnDetection: { type: 'semantic_vad', eagernes: 'low' } },
      'turnDetection.eagernes: is unknown, did you mean "eagerness"?',
    ],
    [{ turnDetection: { type: 'semantic_vad', treshold: 1 } }, 'turnDetection.treshold: is unknown'],
    [
      { mcpServers: [{ name: 'crm', command: 'x', arg: [] }] },
      'mcpServers.0.arg: is unknown, did you mean "args"?',
    ],
    [
      { tools: ['book_apointment'] },
      'tools.0: there is no tool "book_apointment", did you mean "book_appointment"?',
    ],
  ])('a word that is not known in %j is told with the one that was meant', (more, problem) => {
    expect(told(more)).toContain(problem);
  });
});
