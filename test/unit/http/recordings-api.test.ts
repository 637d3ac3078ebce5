import { Readable } from 'node:stream';
import { afterEach, describe, expect, test } from 'vitest';
import { readRange } from '../../../src/services/http/byte-range.ts';
import { CALL_SID, HttpHouse } from '../../support/http.ts';

const FILE = Buffer.from('0123456789');
let house: HttpHouse;
afterEach(() => house.close());

async function open() {
  house = await new HttpHouse({
    recordings: {
      open: (callSid) =>
        Promise.resolve(
          callSid === CALL_SID
            ? {
                length: FILE.length,
                stream: (start, end) => Readable.from([FILE.subarray(start, end)], { objectMode: false }),
              }
            : undefined,
        ),
      peaks: () => Promise.resolve({ bucketMs: 50, durationMs: 100, caller: 'AAA=', agent: 'AAA=' }),
    },
  }).open();
  return house;
}

describe('a recording', () => {
  const path = `/api/calls/${CALL_SID}/recording`;

  test.each([
    [undefined, 200, '0123456789', undefined],
    ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=5-99', 206, '56789', 'bytes 5-9/10'],
    ['bytes=10-', 416, '', 'bytes */10'],
    ['bytes=4-2', 200, '0123456789', undefined],
    ['bytes=0-1,3-4', 200, '0123456789', undefined],
    ['lines=1-2', 200, '0123456789', undefined],
  ])('a recording asked for by %j is answered %i', async (range, status, text, contentRange) => {
    await open();
    const reply = await house.api(path, { headers: range === undefined ? {} : { Range: range } });
    expect(reply).toMatchObject({ status, text });
    expect(reply.headers['content-range']).toBe(contentRange);
    expect(reply.headers['accept-ranges']).toBe('bytes');
    expect(reply.headers['cache-control']).toBe('no-store');
    if (status < 300) {
      expect(reply.headers['content-type']).toBe('audio/wav');
      expect(reply.headers['content-length']).toBe(String(text.length));
    }
  });

  test('a recording is for operators, and not found where there is none', async () => {
    await open();
    expect(await house.api(path, { headers: { Authorization: 'Bearer wrong' } })).toMatchObject({
      status: 401,
    });
    expect(await house.api(`/api/calls/CA9/recording`)).toMatchObject({ status: 404 });
    expect((await house.api(`${path}/peaks`)).json).toMatchObject({ bucketMs: 50 });
  });

  test('a recording is not found where nothing is recorded', async () => {
    house = await new HttpHouse().open();
    expect(await house.api(path)).toMatchObject({ status: 404 });
    expect(await house.api(`${path}/peaks`)).toMatchObject({ status: 404 });
  });

  test('an empty recording has no part', () => {
    expect(readRange('bytes=0-', 0)).toBe('unsatisfiable');
    expect(readRange('bytes=-0', 5)).toBe('unsatisfiable');
  });
});
