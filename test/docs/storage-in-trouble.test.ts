import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { JOURNAL_TROUBLES } from '../../src/protocol/journal-troubles.ts';
import { COUNTERS, GAUGES } from '../../src/services/telemetry/metric-rows.ts';

const guide = readFileSync('docs/guide/storage-in-trouble.md', 'utf8');
const rows = [...guide.matchAll(/^\| `(\w+)` +\|(.*)\|$/gm)].map(([, trouble = '', rest = '']) => {
  const [says = '', talk = '', ends = '', title = ''] = rest.split('|').map((cell) => cell.trim());
  return { trouble, says, talk, ends, title };
});

const textsIn = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(folder, file), 'utf8'));

test('the guide to storage in trouble has a row for each trouble, with what readiness says', () => {
  expect(Object.fromEntries(rows.map(({ trouble, says }) => [trouble, says]))).toEqual(JOURNAL_TROUBLES);
  expect(rows).toHaveLength(Object.keys(JOURNAL_TROUBLES).length);
  for (const { talk, ends } of rows) for (const cell of [talk, ends]) expect(cell).not.toBe('');
});

test('the guide to storage in trouble names for each row a test that brings the trouble about', () => {
  const tests = textsIn('test').join('\n');
  expect(rows.filter(({ title }) => title === '' || !tests.includes(`'${title}'`))).toEqual([]);
});

test('the guide to storage in trouble names metrics, log lines and alerts that there are', () => {
  const metrics = new Set([...Object.values(COUNTERS), ...Object.values(GAUGES)].map(({ name }) => name));
  const named = [...guide.matchAll(/`(callchart_\w+)/g)].map(([, name = '']) => name);
  expect(named.length).toBeGreaterThan(3);
  expect(named.filter((name) => !metrics.has(name))).toEqual([]);
  const sources = textsIn('src').join('\n');
  const lines = [...guide.matchAll(/`(journal [a-z ]+)`/g)].map(([, line = '']) => line);
  expect(lines.length).toBeGreaterThan(1);
  expect(lines.filter((line) => !sources.includes(`'${line}'`))).toEqual([]);
  const alerts = readFileSync('deploy/alerts.yml', 'utf8');
  for (const [, alert = ''] of guide.matchAll(/`(Callchart\w+)`/g))
    expect(alerts).toContain(`alert: ${alert}\n`);
});
