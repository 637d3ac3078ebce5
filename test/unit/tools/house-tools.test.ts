import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AgentProfile } from '../../../src/protocol/agent-profile.ts';
import type { Journal } from '../../../src/services/storage/journal.port.ts';
import { createHouseTools } from '../../../src/services/tools/house/house-tools.ts';
import { valuesOf } from '../../support/json-schema-values.ts';
import { outboxOver } from '../../support/outbox.ts';
import { callOf, journalInMemory, profileOf, read, toolBench } from '../../support/tool-call.ts';
import { holds } from '../../support/properties.ts';

let journal: Journal;
beforeAll(async () => {
  journal = await journalInMemory();
});
afterAll(() => journal.close());

const profiles = [
  profileOf({}, { recording: true }),
  profileOf(
    {
      services: ['Advice', { name: 'Fitting', durationMinutes: 90 }],
      hours: [{ days: ['mon'], from: '09:00', to: '17:00' }],
    },
    { recording: true },
  ),
];
const NAMES = [
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
];

describe('the tools of the house', () => {
  test('the tools of the house are those that a profile has by default', () => {
    const { toolbox } = toolBench(
      createHouseTools({ journal, texts: outboxOver(journal), requestRecording: () => undefined }),
    );
    expect(toolbox.names).toEqual(NAMES);
    expect(AgentProfile.parse({ id: 'x', business: { name: 'X' } }).tools).toEqual(NAMES);
  });

  test('the tools of the house say what each argument is, take no others, and name no number to text or to call', () => {
    const { toolbox } = toolBench(
      createHouseTools({ journal, texts: outboxOver(journal), requestRecording: () => undefined }),
    );
    for (const { name, description, parameters } of toolbox.specsFor(profileOf())) {
      expect(description.length).toBeGreaterThan(40);
      expect(parameters).toMatchObject({ type: 'object', additionalProperties: false });
      const properties = parameters['properties'] as Record<string, { description?: string }>;
      for (const property of Object.values(properties))
        expect(property.description).toEqual(expect.any(String));
      const takesNumber = name === 'create_lead' || name === 'book_appointment';
      expect(Object.keys(properties).includes('phone')).toBe(takesNumber);
      expect(Object.keys(properties)).not.toContain('to');
    }
  });

  test('the tools of the house speak of a recording only where calls are recorded', async () => {
    const asked: unknown[] = [];
    const texts = outboxOver(journal);
    const requestRecording = (...request: unknown[]) => asked.push(request);
    const bench = toolBench(createHouseTools({ journal, texts, requestRecording }));
    const namesFor = (recording: boolean) =>
      bench.toolbox.specsFor(profileOf({}, { recording })).filter(({ name }) => name.endsWith('_recording'));
    expect(namesFor(false)).toEqual([]);
    expect(namesFor(true).map(({ name }) => name)).toEqual(['pause_recording', 'resume_recording']);

    const outcome = await bench.ask(callOf(), 'pause_recording', {});
    expect(read(outcome)).toMatchObject({ error: 'TOOL_UNKNOWN' });
    expect(asked).toEqual([]);
    const call = callOf({ profile: profileOf({}, { recording: true }) });
    for (const name of ['pause_recording', 'resume_recording'])
      expect(await bench.ask(call, name, {})).toMatchObject({ status: 'ok' });
    expect(asked).toEqual([
      [call.callSid, true],
      [call.callSid, false],
    ]);
  });

  describe.each(NAMES)('%s', (name) => {
    test.each(profiles)(`${name} accepts any arguments that its JSON Schema allows`, async (profile) => {
      const bench = toolBench(
        createHouseTools({ journal, texts: outboxOver(journal), requestRecording: () => undefined }),
      );
      const spec = bench.toolbox.specsFor(profile).find((tool) => tool.name === name);
      await holds(
        fc.asyncProperty(valuesOf(spec?.parameters), async (args) => {
          const outcome = await bench.ask(callOf({ profile }), name, args);
          expect(['ok', 'refused']).toContain(outcome.status);
          if (outcome.status === 'refused') expect(read(outcome)).toMatchObject({ error: 'TOOL_REFUSED' });
        }),
        { runs: 60 },
      );
    });
  });
});
