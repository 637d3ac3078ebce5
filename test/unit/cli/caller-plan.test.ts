import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { planCaller } from '../../../src/cli/caller-plan.ts';
import { writeWav } from '../../../src/media/wav.ts';

const folder = mkdtempSync(join(tmpdir(), 'callchart-'));

describe('the plan of a caller', () => {
  test('the plan of a caller is the recording, then the script, then the sentences, each with a voice', async () => {
    const [wav, script] = [join(folder, 'caller.wav'), join(folder, 'caller.txt')];
    writeFileSync(wav, writeWav(new Uint8Array(1600), new Uint8Array(1600)));
    writeFileSync(script, 'Good morning\n!press 1\n');
    const plan = await planCaller({ wav, script, say: ['Goodbye'], bargeIn: false });
    expect(plan.map((line) => (line.kind === 'speak' ? line.text : line.kind))).toEqual([
      '',
      'Good morning',
      'press',
      'Goodbye',
    ]);
    const lengths = plan.flatMap((line) => (line.kind === 'speak' ? [line.audio.length] : []));
    expect(lengths[0]).toBe(1600);
    // Two words take half a second to two seconds at 8 bytes a millisecond.
    expect(lengths[1]).toBeGreaterThan(4000);
    expect(lengths[1]).toBeLessThan(16_000);
  });

  const SCRIPT = 'Grüß Gott\n!press 1\n';
  test.each([
    ['UTF-8 with a mark of byte order', Buffer.from(`\ufeff${SCRIPT}`)],
    ['lines of Windows', Buffer.from(SCRIPT.replaceAll('\n', '\r\n'))],
    ['UTF-16', Buffer.from(`\ufeff${SCRIPT}`, 'utf16le')],
    ['UTF-16 the other way', Buffer.from(`\ufeff${SCRIPT}`, 'utf16le').swap16()],
  ])('the plan of a caller takes a script of %s', async (_, bytes) => {
    const script = join(folder, 'saved.txt');
    writeFileSync(script, bytes);
    expect(await planCaller({ script, say: [], bargeIn: false })).toMatchObject([
      { kind: 'speak', text: 'Grüß Gott' },
      { kind: 'press', digits: '1' },
    ]);
  });

  test.each([
    ['Latin-1', Buffer.from(SCRIPT, 'latin1')],
    ['UTF-16 without a mark', Buffer.from(SCRIPT, 'utf16le')],
  ])('the plan of a caller refuses a script in %s by its name', async (_, bytes) => {
    const script = join(folder, 'nonsense.txt');
    writeFileSync(script, bytes);
    await expect(planCaller({ script, say: [], bargeIn: false })).rejects.toThrow(
      `${script}: is not UTF-8: save it as UTF-8`,
    );
  });

  test('the plan of a caller takes raw mu-law as it is, by the end of its name', async () => {
    const raw = join(folder, 'caller.ulaw');
    writeFileSync(raw, new Uint8Array(800).fill(0x10));
    expect(await planCaller({ wav: raw, say: [], bargeIn: false })).toMatchObject([
      { kind: 'speak', audio: Buffer.alloc(800, 0x10) },
    ]);
  });

  test('the plan of a caller speaks its first line over the agent when told to', async () => {
    const plan = await planCaller({ say: ['Wait', 'Thanks'], bargeIn: true });
    expect(plan.map((line) => line.kind === 'speak' && line.bargeIn)).toEqual([true, false]);
  });

  test('the plan of a caller is empty for a caller who only listens', async () => {
    expect(await planCaller({ say: [], bargeIn: false })).toEqual([]);
  });

  test('the plan of a caller refuses a folder in the place of a file', async () => {
    await expect(planCaller({ wav: folder, say: [], bargeIn: false })).rejects.toThrow(
      /cannot be read \(EISDIR\)/,
    );
  });
});
