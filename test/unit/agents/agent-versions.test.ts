import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { AgentDrafts } from '../../../src/services/agents/agent-drafts.ts';
import { Agents } from '../../../src/services/agents/agents.ts';
import { AgentProfile } from '../../../src/protocol/agent-profile.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const named = (name: string) => ({ id: 'default', business: { name }, tools: [] });

async function loaded() {
  const folder = mkdtempSync(join(tmpdir(), 'agents-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const byHand = join(folder, 'default.json');
  writeFileSync(byHand, JSON.stringify(named('By hand')));
  let time = Date.UTC(2026, 10, 25, 10);
  // The day before: a version is as old as its file, and the test has a clock of its own.
  const written = new Date(time - 86_400_000);
  utimesSync(byHand, written, written);
  const load = () => Agents.load(folder, [], undefined, () => (time += 1000));
  return { folder, load, agents: await load() };
}

const names = (versions: Awaited<ReturnType<Agents['versions']>>) =>
  versions?.map(({ written }) => (written['business'] as { name: string }).name);

describe('the versions of an agent', () => {
  test('the versions of an agent are what stands on disk, while nothing was saved here', async () => {
    const { agents } = await loaded();
    const versions = await agents.versions('default');
    expect(versions).toMatchObject([{ isCurrent: true, written: named('By hand') }]);
    expect(versions?.[0]?.version).toBe(agents.stored('default')?.version);
  });

  test('the versions of an agent are all that was saved, newest first, and what was written by hand before', async () => {
    const { agents, load } = await loaded();
    await agents.put('default', { business: { name: 'Second' }, tools: [] });
    await agents.put('default', { business: { name: 'Third' }, tools: [] });
    for (const each of [agents, await load()]) {
      const versions = await each.versions('default');
      expect(names(versions)).toEqual(['Third', 'Second', 'By hand']);
      expect(versions?.map(({ isCurrent }) => isCurrent)).toEqual([true, false, false]);
      expect(versions?.[0]?.savedAt).toBe('2026-11-25T10:00:02.000Z');
    }
  });

  test('the versions of an agent can be brought back, which is a version more', async () => {
    const { agents } = await loaded();
    await agents.put('default', { business: { name: 'Second' }, tools: [] });
    const [, before] = (await agents.versions('default')) ?? [];
    await agents.put('default', before?.written ?? {});
    expect(names(await agents.versions('default'))).toEqual(['By hand', 'Second', 'By hand']);
    expect(agents.find('default')?.business.name).toBe('By hand');
  });

  test('the versions of an agent do not grow by saving the same again', async () => {
    const { agents } = await loaded();
    await agents.put('default', { business: { name: 'Second' }, tools: [] });
    await agents.put('default', { business: { name: 'Second' }, tools: [] });
    expect(names(await agents.versions('default'))).toEqual(['Second', 'By hand']);
  });

  test('the versions of an agent are a hundred at most, and those that cannot be read are left out', async () => {
    const { folder, agents } = await loaded();
    for (let i = 0; i < 103; i++)
      await agents.put('default', { business: { name: `No. ${String(i)}` }, tools: [] });
    const kept = join(folder, '.versions', 'default');
    expect(readdirSync(kept)).toHaveLength(100);
    writeFileSync(join(kept, readdirSync(kept).sort()[0] ?? ''), '{"half');
    writeFileSync(join(kept, 'notes.txt'), 'of somebody');
    expect(await agents.versions('default')).toHaveLength(99);
  });

  test('the versions of an agent that is not known are not there', async () => {
    const { agents } = await loaded();
    expect(await agents.versions('nobody')).toBeUndefined();
    expect(agents.stored('nobody')).toBeUndefined();
  });
});

test('a profile is checked without being saved', async () => {
  const { folder, agents } = await loaded();
  expect(agents.check('new', { business: { name: 'New' }, tools: [] })).toMatchObject({
    profile: { id: 'new' },
  });
  expect(agents.check('new', { id: 'other', business: { name: 'New' }, tools: [] })).toMatchObject({
    problems: [{ path: 'id' }],
  });
  expect(agents.check('new', {})).toMatchObject({ problems: [{ path: 'business' }] });
  expect(readdirSync(folder)).toEqual(['default.json']);
  expect(agents.find('new')).toBeUndefined();
});

describe('drafts', () => {
  const profile = AgentProfile.parse(named('Draft'));

  test('drafts of an agent are known for an hour', () => {
    const clock = new VirtualClock();
    const drafts = new AgentDrafts(clock);
    const { draftId, expiresAt } = drafts.keep(profile);
    expect(expiresAt).toBe('1970-01-01T01:00:00.000Z');
    expect(drafts.find(draftId)).toBe(profile);
    clock.advance(3_600_000);
    expect(drafts.find(draftId)).toBeUndefined();
    expect(drafts.find('guessed')).toBeUndefined();
  });

  test('drafts of an agent are fifty at most: the oldest go', () => {
    const drafts = new AgentDrafts(new VirtualClock());
    const ids = Array.from({ length: 51 }, () => drafts.keep(profile).draftId);
    expect(ids.filter((id) => drafts.find(id) === undefined)).toEqual(ids.slice(0, 1));
  });
});
