import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readServerEvent } from '../../../src/protocol/realtime-server-events.ts';
import { DeltaFrame } from '../../../src/services/openai/wire/delta-frame.ts';
import { isPlainText } from '../../../src/services/openai/wire/plain-text.ts';
import { holds } from '../../support/properties.ts';

const TYPE = 'response.output_audio.delta';
const SAMPLE = {
  type: TYPE,
  event_id: 'event_1',
  response_id: 'resp_1',
  item_id: 'item_1',
  output_index: 0,
  content_index: 2,
  delta: 'AAECAwQ=',
};

interface Found {
  readonly responseId: string;
  readonly itemId: string;
  readonly contentIndex: number;
  readonly audio: string;
}

function byBytes(reader: DeltaFrame, frame: Buffer): Found | undefined {
  if (!reader.read(frame)) return undefined;
  return { ...reader.tag, audio: frame.toString('latin1', reader.start, reader.end) };
}

/** What the schema makes of it; undefined where it is no audio that can be played. */
function bySchema(text: string): Found | undefined {
  try {
    const event = readServerEvent(text);
    if (event?.type !== TYPE) return undefined;
    const audio = Buffer.from(event.delta);
    if (!isPlainText(audio, 0, audio.length)) return undefined;
    const { response_id: responseId, item_id: itemId, content_index: contentIndex, delta } = event;
    return { responseId, itemId, contentIndex, audio: delta };
  } catch {
    return undefined;
  }
}

describe('a delta frame', () => {
  test('a delta frame is read by bytes in the layout of the service', () => {
    const found = byBytes(new DeltaFrame(TYPE), Buffer.from(JSON.stringify(SAMPLE)));
    expect(found).toEqual({ responseId: 'resp_1', itemId: 'item_1', contentIndex: 2, audio: 'AAECAwQ=' });
  });

  test('a delta frame keeps one tag for as long as item and response stay the same', () => {
    const reader = new DeltaFrame(TYPE);
    reader.read(Buffer.from(JSON.stringify(SAMPLE)));
    const { tag } = reader;
    reader.read(Buffer.from(JSON.stringify({ ...SAMPLE, event_id: 'event_2', delta: 'BBBB' })));
    expect(reader.tag).toBe(tag);
    reader.read(Buffer.from(JSON.stringify({ ...SAMPLE, item_id: 'item_2' })));
    expect(reader.tag).toEqual({ responseId: 'resp_1', itemId: 'item_2', contentIndex: 2 });
  });

  test.each([
    ['another type', { ...SAMPLE, type: 'response.done' }],
    ['no item', { ...SAMPLE, item_id: undefined }],
    ['an escape', { ...SAMPLE, item_id: 'a"b' }],
    ['something nested', { ...SAMPLE, more: {} }],
    ['an escape in its audio', { ...SAMPLE, delta: 'ab"d' }],
    ['a letter that is no ASCII in its audio', { ...SAMPLE, delta: 'abéd' }],
  ])('a delta frame leaves a frame with %s to the slow way', (_, frame) => {
    expect(new DeltaFrame(TYPE).read(Buffer.from(JSON.stringify(frame)))).toBe(false);
  });

  const word = fc.oneof(
    { weight: 1, arbitrary: fc.string({ maxLength: 12 }) },
    { weight: 4, arbitrary: fc.constantFrom('item_1', 'resp_1', '') },
  );
  const fields = fc.record(
    {
      type: fc.oneof({ weight: 8, arbitrary: fc.constant(TYPE) }, { weight: 1, arbitrary: word }),
      event_id: fc.oneof({ weight: 6, arbitrary: word }, { weight: 1, arbitrary: fc.constant(null) }),
      response_id: word,
      item_id: word,
      output_index: fc.oneof({ weight: 4, arbitrary: fc.nat(99) }, { weight: 1, arbitrary: fc.double() }),
      content_index: fc.oneof(
        { weight: 4, arbitrary: fc.nat(12_000) },
        { weight: 1, arbitrary: fc.constantFrom(-1, 0.5, null) },
      ),
      delta: fc.oneof(
        {
          weight: 4,
          arbitrary: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('base64')),
        },
        { weight: 1, arbitrary: word },
      ),
    },
    { requiredKeys: ['type', 'response_id', 'item_id', 'delta'] },
  );
  const layout = fc
    .tuple(fields, fc.array(fc.nat(), { minLength: 7, maxLength: 7 }), fc.constantFrom(undefined, 1))
    .map(([record, order, indent]) => {
      const entries = Object.entries(record).map((entry, index) => ({ entry, at: order[index] ?? 0 }));
      entries.sort((one, other) => one.at - other.at);
      return JSON.stringify(Object.fromEntries(entries.map(({ entry }) => entry)), null, indent);
    });

  test('a delta frame means the same by bytes as by the schema, in any layout', () => {
    const reader = new DeltaFrame(TYPE);
    let taken = 0;
    holds(
      fc.property(layout, (text) => {
        const fast = byBytes(reader, Buffer.from(text));
        if (fast === undefined) return;
        taken++;
        expect(fast).toEqual(bySchema(text));
      }),
      { runs: 3000 },
    );
    expect(taken).toBeGreaterThan(100);
  });

  test('a delta frame takes nothing from a damaged frame that the schema would not', () => {
    const reader = new DeltaFrame(TYPE);
    const whole = Buffer.from(JSON.stringify(SAMPLE));
    holds(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, byte, length) => {
        const frame = Buffer.from(whole.subarray(0, Math.max(length, whole.length - 2)));
        frame[at] = byte;
        const fast = byBytes(reader, frame);
        if (fast !== undefined) expect(fast).toEqual(bySchema(frame.toString('utf8')));
      }),
      { runs: 3000 },
    );
  });
});
