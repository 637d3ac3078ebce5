import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Agents } from '../../../src/services/agents/agents.ts';
import { board, limitsOf } from '../../support/admission.ts';

const written = (name: string) => ({ id: 'default', business: { name }, tools: [] });

test('a call keeps the profile it began with, and the next one takes what was saved', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'callchart-agents-'));
  writeFileSync(join(folder, 'default.json'), JSON.stringify(written('Before')));
  const agents = await Agents.load(folder, []);
  const { registry, rings } = board(limitsOf(), { agents });
  const first = await rings('+12025550123');
  expect(await agents.put('default', written('After'))).toHaveProperty('version');
  const second = await rings('+12025550124');
  const businessOf = ({ callSid }: { callSid: string }) => registry.factsOf(callSid)?.profile.business.name;
  expect([first, second].map(businessOf)).toEqual(['Before', 'After']);
});
