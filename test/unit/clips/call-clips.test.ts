import { beforeAll, expect, test } from 'vitest';
import { AgentProfile } from '../../../src/protocol/agent-profile.ts';
import { type CallLegParts, legsOf } from '../../../src/services/calls/call-legs.ts';
import { loadClips } from '../../../src/services/clips/clips.ts';
import { DIALECTS } from '../../../src/services/openai/dialects/dialects.ts';
import type { AgentClips } from '../../../src/services/clips/sentence-clips.ts';
import { createToolbox } from '../../../src/services/tools/toolbox.ts';
import { journalInMemory } from '../../support/tool-call.ts';
import { KeptLog } from '../../support/phone-leg.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const SHIPPED = loadClips();

/** A call of an agent that has these clips when it begins. */
function callOf(written: object, rendered: AgentClips, journal: CallLegParts['journal']) {
  const clock = new VirtualClock();
  const log = new KeptLog();
  const profile = AgentProfile.parse({ id: 'acme', business: { name: 'Acme' }, tools: [], ...written });
  const facts = {
    ...({ callSid: 'CA1', agentId: 'acme', direction: 'inbound', from: '', to: '', profile } as const),
    now: () => clock.now(),
  };
  const parts: CallLegParts = {
    model: { url: 'ws://localhost', name: 'any', apiKey: 'any', makeDialect: DIALECTS.ga },
    toolbox: createToolbox({ tools: [], callOf: () => facts, clock, log }),
    journal,
    clips: SHIPPED,
    clipsOf: () => rendered,
    meter: { watch: (socket) => socket },
    metrics: { fault: () => undefined, streamMessageIgnored: () => undefined },
    clock,
    logOf: () => log,
  };
  return legsOf(facts, parts);
}

let journal: CallLegParts['journal'];
beforeAll(async () => {
  journal = await journalInMemory();
}, 30_000);

test("a call plays its agent's own clips, and fills by the model until there is a filler in its language", () => {
  const sorry = Buffer.from('Wie bitte?');
  const german = callOf({ language: { default: 'de' } }, { sorry }, journal);
  expect(german.phone.clipOf('sorry')).toBe(sorry);
  expect(german.phone.clipOf('failed')).toBe(SHIPPED.failed);
  expect(german.phone.clipOf('greeting')).toBeUndefined();
  expect(german.input.filler).toBe('model');
  const filler = Buffer.from('Einen Moment.');
  expect(callOf({ language: { default: 'de' } }, { filler }, journal).input.filler).toBe('clip');
  expect(callOf({}, {}, journal).input.filler).toBe('clip');
});
