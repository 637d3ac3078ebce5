import { describe, expect, test } from 'vitest';
import { endCall } from '../../../src/services/tools/house/end-call.ts';
import { escalateToHuman } from '../../../src/services/tools/house/escalate-to-human.ts';
import { AgentProfile } from '../../../src/protocol/agent-profile.ts';
import { callOf, read, toolBench } from '../../support/tool-call.ts';

const bench = toolBench([endCall(), escalateToHuman()]);

describe('end_call', () => {
  test('end_call has the call end', async () => {
    const outcome = await bench.ask(callOf(), 'end_call', { reason: 'the caller said goodbye' });
    expect(outcome).toEqual({
      status: 'ok',
      output: '{"status":"ok","result":{"ending":true}}',
      then: 'endCall',
    });
  });
});

describe('escalate_to_human', () => {
  test('escalate_to_human has the call transferred, and tells no number', async () => {
    const outcome = await bench.ask(callOf(), 'escalate_to_human', {});
    expect(outcome).toMatchObject({ status: 'ok', then: 'transfer' });
    expect(outcome.output).not.toContain('+1');
  });

  test('escalate_to_human refuses in words when the profile has nobody to transfer to', async () => {
    const profile = AgentProfile.parse({ id: 'alone', business: { name: 'Alone' } });
    const outcome = await bench.ask(callOf({ profile }), 'escalate_to_human', {});
    expect(outcome.then).toBeUndefined();
    expect(read(outcome)).toMatchObject({
      status: 'refused',
      reason: expect.stringMatching(/take a message/) as string,
    });
  });

  test.each(['to', 'phone', 'number', 'phoneNumber'])(
    'escalate_to_human takes no number by the name of %s',
    async (name) => {
      const outcome = await bench.ask(callOf(), 'escalate_to_human', { [name]: '+19005551234' });
      expect(outcome.then).toBeUndefined();
      expect(read(outcome)).toMatchObject({ error: 'TOOL_ARGUMENTS', problems: [{ path: name }] });
    },
  );
});
