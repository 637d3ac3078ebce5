import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readStreamMessage, type StreamMessage } from '../../../src/protocol/twilio-stream.ts';
import { MediaFrame } from '../../../src/services/twilio/stream/media-frame.ts';
import { layoutOf } from '../../../src/services/twilio/stream/media-layout.ts';
import { holds } from '../../support/properties.ts';

type MediaMessage = Extract<StreamMessage, { event: 'media' }>;

function readBySchema(frame: Buffer): MediaMessage | undefined {
  try {
    const message = readStreamMessage(frame.toString());
    return message.event === 'media' ? message : undefined;
  } catch {
    return undefined;
  }
}

/** Reads a frame as the engine does, and holds it against the schema. True when the fast path took it. */
function agree(fast: MediaFrame, frame: Buffer): boolean {
  const message = readBySchema(frame);
  const isRead = fast.read(frame);
  if (isRead) {
    expect(message).toBeDefined();
    expect(frame.toString('latin1', fast.start, fast.end)).toBe(message?.media.payload);
    expect(fast.timestampMs).toBe(message?.media.timestamp);
  } else if (message !== undefined) {
    fast.learn(frame, message);
  }
  return isRead;
}

/** Mostly what Twilio sends; now and then what it never should. */
const mostly = <T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 12, arbitrary: usual }, { weight: 1, arbitrary: odd });
const digits = mostly(
  fc.nat({ max: 99_999 }).map(String),
  fc.constantFrom('', '007', '-1', '1.5', '123456789012345', '1234567890123456'),
);
const payload = mostly(
  fc.uint8Array({ minLength: 1, maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('base64')),
  fc.constantFrom('', '=', '==', 'A===', 'AAA', 'AA=A', 'AAAA=', 'AA AA', 'A-_=', '////', 'é'),
);
/** A string as JSON may write it: some characters escaped though they need not be. */
const written = (text: string, escaped: boolean) =>
  escaped && text !== ''
    ? `"\\u${text.charCodeAt(0).toString(16).padStart(4, '0')}${text.slice(1)}"`
    : JSON.stringify(text);

interface Layout {
  readonly order: readonly string[];
  readonly inner: readonly string[];
  readonly space: string;
  readonly isNumber: true | undefined;
  readonly escapes: string | undefined;
  readonly extra: string | undefined;
  readonly doubled: true | undefined;
}
const rarely = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
const mostlyAll = (keys: readonly string[]) =>
  fc.oneof(
    { weight: 5, arbitrary: fc.shuffledSubarray([...keys], { minLength: keys.length }) },
    { weight: 1, arbitrary: fc.shuffledSubarray([...keys]) },
  );
const layout: fc.Arbitrary<Layout> = fc.record({
  order: mostlyAll(['event', 'sequenceNumber', 'media', 'streamSid']),
  inner: mostlyAll(['track', 'chunk', 'timestamp', 'payload']),
  space: fc.constantFrom('', '', '', ' ', '\n  '),
  isNumber: rarely(fc.constant(true)),
  escapes: rarely(fc.constantFrom('payload', 'timestamp', 'event', 'track')),
  extra: rarely(
    fc.constantFrom(
      '"x":{"payload":"AAAA"}',
      '"payload":"AAAA"',
      '"timestamp":"7"',
      '"x":"\\"payload\\":\\"AAAA\\""',
      '"y":[1,{"timestamp":"1"}]',
      '"kind":"payload"',
      '"later":true',
    ),
  ),
  doubled: rarely(fc.constant(true)),
});

function compose(
  { order, inner, space, isNumber, escapes, extra, doubled }: Layout,
  values: Record<string, string>,
): Buffer {
  const pair = (key: string, value: string) => `${written(key, escapes === key)}:${space}${value}`;
  const leaf = (key: string) => {
    const value = values[key] ?? '';
    if (key === 'chunk' && isNumber === true && /^\d+$/.test(value)) return pair(key, value);
    return pair(key, written(value, escapes === 'track' && key === 'track'));
  };
  const media = `{${inner.map(leaf).join(`,${space}`)}}`;
  const parts = order.map((key) => (key === 'media' ? pair('media', media) : leaf(key)));
  if (extra !== undefined) parts.push(extra);
  if (doubled === true) parts.push(pair('media', media));
  return Buffer.from(`{${space}${parts.join(`,${space}`)}${space}}`);
}

const values = fc.record({
  event: fc.constant('media'),
  streamSid: mostly(fc.constant('MZ1'), fc.constantFrom('MZ2', 'XX')),
  sequenceNumber: digits,
  chunk: digits,
  timestamp: digits,
  payload,
  track: mostly(fc.constant('inbound'), fc.constantFrom('outbound', 'sideways')),
});

/** Damage on the way: a byte changed, the end cut off, something behind. */
const damage = fc.oneof(
  { weight: 12, arbitrary: fc.constant((frame: Buffer) => frame) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.nat(), fc.nat({ max: 255 })).map(([at, byte]) => (frame: Buffer) => {
      const copy = Buffer.from(frame);
      copy[at % copy.length] = byte;
      return copy;
    }),
  },
  { weight: 1, arbitrary: fc.nat().map((n) => (frame: Buffer) => frame.subarray(0, n % frame.length)) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(' ', '}', 'x')
      .map((tail) => (frame: Buffer) => Buffer.concat([frame, Buffer.from(tail)])),
  },
);

const golden = (timestamp: number, bytes = 160, streamSid = 'MZ1') =>
  Buffer.from(
    JSON.stringify({
      event: 'media',
      sequenceNumber: String(timestamp),
      media: {
        track: 'inbound',
        chunk: String(timestamp),
        timestamp: String(timestamp),
        payload: Buffer.alloc(bytes, timestamp).toString('base64'),
      },
      streamSid,
    }),
  );

describe('the fast path for media frames', () => {
  test('the fast path for media frames reads what the schema reads, or nothing, for frames of any layout', () => {
    let taken = 0;
    holds(
      fc.property(
        layout,
        fc.array(fc.tuple(values, damage), { minLength: 2, maxLength: 12 }),
        (form, frames) => {
          const fast = new MediaFrame();
          for (const [content, harm] of frames) if (agree(fast, harm(compose(form, content)))) taken++;
        },
      ),
      { runs: 1500 },
    );
    expect(taken).toBeGreaterThan(500); // Else nothing was shown.
  });

  test('the fast path for media frames agrees also when layouts change from frame to frame', () => {
    holds(
      fc.property(fc.array(fc.tuple(layout, values, damage), { maxLength: 20 }), (frames) => {
        const fast = new MediaFrame();
        for (const [form, content, harm] of frames) agree(fast, harm(compose(form, content)));
      }),
      { runs: 500 },
    );
  });

  test('the fast path for media frames takes every frame after the first of Twilio’s layout, of any length', () => {
    const fast = new MediaFrame();
    expect(agree(fast, golden(5))).toBe(false);
    for (const [at, bytes] of [
      [25, 160],
      [45, 161],
      [100_065, 162],
      [7, 1],
      [9, 4000],
    ] as const) {
      expect(agree(fast, golden(at, bytes))).toBe(true);
    }
  });

  test('the fast path for media frames does not confuse a payload with its like elsewhere in the message', () => {
    const fast = new MediaFrame();
    const twice = (inner: string) =>
      Buffer.from(
        `{"event":"media","streamSid":"MZ1","x":{"payload":"${inner}"},"media":{"timestamp":"1","payload":"AAAA"}}`,
      );
    expect(agree(fast, twice('BBBB'))).toBe(false);
    expect(agree(fast, twice('CCCC'))).toBe(false);
  });

  test('the fast path for media frames learns after any number of frames with escapes', () => {
    const fast = new MediaFrame();
    const escaped = Buffer.from(golden(5).toString().replace('"event"', '"\\u0065vent"'));
    for (let i = 0; i < 20; i++) expect(agree(fast, escaped)).toBe(false);
    expect(agree(fast, golden(25))).toBe(false);
    expect(agree(fast, golden(45))).toBe(true);
  });

  test('the fast path for media frames takes frames of its own stream only, though streams share a layout', () => {
    const [one, other] = [new MediaFrame(), new MediaFrame()];
    agree(one, golden(5, 160, 'MZ1'));
    agree(other, golden(5, 160, 'MZ2'));
    const frame = golden(25, 160, 'MZ2');
    expect([one.read(frame), other.read(frame)]).toEqual([false, true]);

    const layouts = ['MZ1', 'MZ2'].map((streamSid) => {
      const first = golden(5, 160, streamSid);
      const message = readBySchema(first);
      return message && layoutOf(first, message);
    });
    expect(layouts[0]).toBeDefined();
    expect(layouts[1]).toBe(layouts[0]);
  });

  test('the fast path for media frames remembers no more layouts than there are carriers', () => {
    const odd = (n: number) =>
      Buffer.from(
        golden(5)
          .toString()
          .replace('{"event"', `{"odd":"${String(n)}","event"`),
      );
    const learnt = (n: number) => {
      const message = readBySchema(odd(n));
      return message && layoutOf(odd(n), message);
    };
    const first = learnt(0);
    for (let n = 1; n < 10; n++) expect(learnt(n)).toBeDefined();
    expect(learnt(0)).toBe(first);
    for (let n = 1; n < 100; n++) expect(learnt(n)).toBeDefined();
    expect(learnt(0)).not.toBe(first);
  });
});
