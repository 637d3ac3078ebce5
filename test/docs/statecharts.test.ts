import { readFileSync } from 'node:fs';
import type { AnyStateMachine } from 'xstate';
import { describe, expect, test } from 'vitest';
import { chartOf, statesOf } from '../../src/charts/chart.ts';
import { piecesOf } from '../../src/charts/chart-regions.ts';
import { callMachine } from '../../src/machines/call/call.machine.ts';
import { sessionMachine } from '../../src/machines/session/session.machine.ts';
import { toolCallMachine } from '../../src/machines/tool-call/tool-call.machine.ts';

describe.each([
  ['call', callMachine],
  ['session', sessionMachine],
  ['tool-call', toolCallMachine],
] satisfies [string, AnyStateMachine][])('%s.md', (name, machine) => {
  const page = readFileSync(`docs/statecharts/${name}.md`, 'utf8');
  const sections = page.split(/^(?=#{2,} )/m).slice(1);
  const toldOf = (section: string) => /^#{2,} `([^`]+)`$/m.exec(section)?.[1];

  test(`${name}.md tells every state of its chart, the floor first, in the order of the chart, and no other`, () => {
    const { floor, regions } = piecesOf(chartOf(machine));
    const beside = regions.flatMap((region) => [region.root, ...statesOf(region)]);
    expect(sections.map(toldOf)).toEqual([...statesOf(floor), ...beside].map(({ path }) => path));
  });

  test(`${name}.md nests its headings as the states are nested`, () => {
    for (const section of sections) {
      const depth = (toldOf(section) ?? '').split('.').length;
      expect(section).toMatch(new RegExp(`^#{${String(depth + 1)}} \``));
    }
  });

  test(`${name}.md says something about each state`, () => {
    for (const section of sections) expect(section.split('\n').slice(1).join('').trim()).not.toBe('');
  });
});
