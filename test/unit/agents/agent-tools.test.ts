import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AgentProfile } from '../../../src/protocol/agent-profile.ts';
import type { FieldProblem } from '../../../src/protocol/field-problem.ts';
import type { ToolJudge } from '../../../src/services/agents/agent-folder.ts';
import { Agents } from '../../../src/services/agents/agents.ts';

/** A judge that is told what to find, and writes down whose servers were connected to. */
class FakeJudge implements ToolJudge {
  problems: FieldProblem[] = [];
  missing: FieldProblem[] = [];
  readonly opened: string[] = [];
  problemsOf(): FieldProblem[] {
    return this.problems;
  }
  open(profiles: readonly AgentProfile[]) {
    this.opened.push(...profiles.map(({ id }) => id));
    return Promise.resolve(new Map(profiles.map((profile) => [profile, this.missing])));
  }
}

const program = { name: 'files', command: 'files-server', args: ['--root', '/srv'] };
const profile = (more: object = {}) => ({ id: 'default', business: { name: 'Acme' }, tools: [], ...more });

function folderWith(written: object): string {
  const folder = mkdtempSync(join(tmpdir(), 'callchart-agents-'));
  writeFileSync(join(folder, 'default.json'), JSON.stringify(written));
  return folder;
}

const load = (folder: string, judge: ToolJudge) => Agents.load(folder, [], judge);

describe('loading', () => {
  test('loading agents tells what the judge of tools finds with the path, and connects to nobody', async () => {
    const judge = new FakeJudge();
    judge.problems = [{ path: 'webhooks.0.url', message: 'must be https' }];
    const folder = folderWith(profile());
    await expect(load(folder, judge)).rejects.toThrow(
      `${join(folder, 'default.json')}:1:1 webhooks.0.url: must be https`,
    );
    expect(judge.opened).toEqual([]);
  });

  test('loading agents tells what a tool server does not have with the path', async () => {
    const judge = new FakeJudge();
    judge.missing = [{ path: 'tools.0', message: 'the MCP server crm has no tool crm_fly' }];
    const folder = folderWith(profile());
    await expect(load(folder, judge)).rejects.toThrow(
      `${join(folder, 'default.json')}:1:52 tools.0: the MCP server`,
    );
    expect(judge.opened).toEqual(['default']);
  });
});

describe('a change through the API', () => {
  const loaded = async () => {
    const judge = new FakeJudge();
    const folder = folderWith(profile({ mcpServers: [program] }));
    const agents = await load(folder, judge);
    judge.opened.length = 0;
    const file = () => readFileSync(join(folder, 'default.json'), 'utf8');
    return { judge, agents, file };
  };

  test('a change of a profile through the API is judged, and connected to, before it is written', async () => {
    const { judge, agents, file } = await loaded();
    const before = file();
    judge.problems = [{ path: 'webhooks.0.secret', message: 'TOOL_X is not set' }];
    expect(await agents.put('default', profile())).toEqual({ problems: judge.problems });
    expect(judge.opened).toEqual([]);
    judge.problems = [];
    judge.missing = [{ path: 'tools.0', message: 'the MCP server crm has no tool crm_fly' }];
    expect(await agents.put('default', profile())).toEqual({ problems: judge.missing });
    expect(judge.opened).toEqual(['default']);
    expect(file()).toBe(before);
  });

  test('a change of a profile through the API may keep the programs of the file, and may let go of them', async () => {
    const { agents } = await loaded();
    const policies = { search: { kind: 'reads' } };
    const same = profile({ voice: 'cedar', mcpServers: [{ ...program, name: 'docs', policies }] });
    expect(await agents.put('default', same)).toHaveProperty('profile');
    expect(await agents.put('default', profile())).toHaveProperty('profile');
  });

  test.each([
    ['another command', { command: '/bin/sh' }],
    ['other arguments', { args: ['--root', '/'] }],
    ['another environment', { env: { ROOT: 'TOOL_ROOT' } }],
  ])('a change of a profile through the API may not start a program with %s', async (_what, change) => {
    const { judge, agents } = await loaded();
    const problem = {
      path: 'mcpServers.0.command',
      message: "is started only when it stands in the profile's file; write it there and restart",
    };
    const changed = profile({ mcpServers: [{ ...program, ...change }] });
    expect(await agents.put('default', changed)).toEqual({ problems: [problem] });
    expect(await agents.put('other', { ...changed, id: 'other' })).toEqual({ problems: [problem] });
    expect(judge.opened).toEqual([]);
  });
});
