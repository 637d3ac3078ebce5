import { describe, expect, test } from 'vitest';
import { differencesOf, recordedNames, recordedVersions, wiresOf } from '../support/golden/golden-files.ts';
import { unlisted } from '../support/golden/unlisted.ts';
import { wireDifferences } from '../support/golden/wire-differences.ts';
import type { WireLine, WireRecord } from '../support/golden/wire-tape.ts';

/** The first line of a file is about the call. */
const timeIn =
  ({ lines }: WireRecord) =>
  (place: number) =>
    lines[place - 2]?.at ?? NaN;

describe.each(recordedVersions())("today's engine sends what that of %s sent", (version) => {
  const names = recordedNames(version);
  const listed = differencesOf(version);

  test.each(names)(`today's engine sends what that of ${version} sent: %s`, async (name) => {
    const wires = wiresOf(version, name);
    const found = await wireDifferences(wires);
    expect(unlisted(name, found, listed.wires, timeIn(wires)).join('\n')).toBe('');
  });

  test(`all that is listed to be otherwise than in ${version} is of its calls`, () => {
    expect(listed.wires.filter(({ call }) => !names.includes(call))).toEqual([]);
  });
});

describe('a call of which the tape says otherwise', () => {
  const [version = ''] = recordedVersions();
  const name = 'barge-in-immediate';
  const record = wiresOf(version, name);
  const changed = (change: (line: WireLine, index: number) => WireLine | undefined): WireRecord => ({
    ...record,
    lines: record.lines.flatMap((line, index) => change(line, index) ?? []),
  });
  const isTruncate = ({ says }: WireLine) => says?.['type'] === 'conversation.item.truncate';
  const cut = record.lines.findIndex(isTruncate);

  test('a taped call parts where a message to the model is another one, and says so', async () => {
    const other = changed((line, index) =>
      index === cut ? { ...line, says: { ...line.says, audio_end_ms: 1 } } : line,
    );
    const found = await wireDifferences(other);
    expect(found).toMatchObject([{ place: cut + 2, was: [expect.stringContaining('"audio_end_ms":1}')] }]);
    const [sentence] = unlisted(name, found, [], timeIn(record));
    expect(sentence).toMatch(/^barge-in-immediate, place \d+, \d+ ms: today differs:/);
  });

  test('a taped call parts where the carrier was sent other audio, and where it was told nothing to clear', async () => {
    const isAudio = ({ says }: WireLine) => says?.['event'] === 'media';
    const first = record.lines.findIndex(isAudio);
    const longer = changed((line, index) =>
      index === first ? { ...line, says: { event: 'media', bytes: 4160 } } : line,
    );
    expect(await wireDifferences(longer)).toMatchObject([{ place: first + 2 }]);
    const unclear = changed((line) => (line.says?.['event'] === 'clear' ? undefined : line));
    expect(await wireDifferences(unclear)).toMatchObject([
      { was: [], is: [expect.stringContaining('clear')] },
    ]);
  });

  test('a taped call parts where the far end said something else: the call goes otherwise', async () => {
    const silent = changed((line) =>
      line.says?.['type'] === 'input_audio_buffer.speech_started' ? undefined : line,
    );
    const found = await wireDifferences(silent);
    expect(found.flatMap(({ was }) => was)).toContain('to the carrier: {"event":"clear","streamSid":"MZ1"}');
  });

  test('a taped call is the same where the engine calls its items otherwise', async () => {
    const text = JSON.stringify(record)
      .replaceAll('"response_', '"asked_')
      .replaceAll('"cut_', '"truncated_');
    expect(text).not.toBe(JSON.stringify(record));
    expect(await wireDifferences(JSON.parse(text) as WireRecord)).toEqual([]);
  });

  test('a taped call parts where less of the caller went to the model', async () => {
    const found = await wireDifferences({ ...record, appendedBytes: record.appendedBytes - 160 });
    expect(found).toHaveLength(1);
  });
});
