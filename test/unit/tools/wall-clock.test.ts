import { beforeAll, describe, expect, test } from 'vitest';
import { EngineDay } from '../../../src/services/admission/engine-day.ts';
import { openings } from '../../../src/services/tools/diary/availability.ts';
import { type LocalMoment, momentOf } from '../../../src/services/tools/diary/local-time.ts';
import { dayFrom, wallAt } from '../../../src/wall-clock.ts';
import { profileOf } from '../../support/tool-call.ts';

const QUARTER_MS = 900_000;
const DAY_MS = 86_400_000;
const FROM_MS = Date.parse('2026-01-01T00:00Z');
const TO_MS = Date.parse('2036-01-01T00:00Z');
const EVERY_DAY = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** What a clock on the wall shows, as `2027-09-05 01:00`: asked of Node itself, and of nothing that is tested here. */
function clockOf(zone: string): (ms: number) => string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
  return (ms) => format.format(ms);
}

/** Every change of a zone's clock in ten years, as the UTC midnight before it. */
function changesOf(clock: (ms: number) => string): number[] {
  const shown = (ms: number) => Date.parse(`${clock(ms).replace(' ', 'T')}Z`) - ms;
  const changes: number[] = [];
  // No zone changes its clock for less than a week.
  for (let ms = FROM_MS, was = shown(ms); ms < TO_MS; ms += 7 * DAY_MS) {
    const is = shown(ms + 7 * DAY_MS);
    if (is === was) continue;
    let day = ms;
    while (shown(day + DAY_MS) === was) day += DAY_MS;
    changes.push(day);
    was = is;
  }
  return changes;
}

/** By date, then by time of day: the moments of a few days around a change at which the clock shows it, in order. */
function readingsAround(changeMs: number, clock: (ms: number) => string): Map<string, Map<string, number[]>> {
  const dates = new Map<string, Map<string, number[]>>();
  for (let ms = changeMs - 2 * DAY_MS; ms < changeMs + 4 * DAY_MS; ms += QUARTER_MS) {
    const [date = '', time = ''] = clock(ms).split(' ');
    const times = dates.get(date) ?? new Map<string, number[]>();
    dates.set(date, times);
    times.set(time, [...(times.get(time) ?? []), ms]);
  }
  return dates;
}

/** A day in a zone, and when its clock shows what. */
interface SeenDay {
  readonly zone: string;
  readonly date: string;
  readonly times: ReadonlyMap<string, readonly number[]>;
  /** The first moment of the next date. */
  readonly endMs: number;
}

const days: SeenDay[] = [];
beforeAll(() => {
  const seen = new Set<string>();
  for (const zone of Intl.supportedValuesOf('timeZone')) {
    const clock = clockOf(zone);
    const changes = changesOf(clock);
    // Zones that agree in all of this are one, under several names; one without a change is looked at once.
    const likeness = JSON.stringify([clock(FROM_MS), changes.map((ms) => clock(ms)), changes]);
    if (seen.has(likeness)) continue;
    seen.add(likeness);
    for (const changeMs of changes.length > 0 ? changes : [FROM_MS + 40 * DAY_MS]) {
      const dates = [...readingsAround(changeMs, clock)];
      // The first and the last are seen in part.
      dates.slice(1, -1).forEach(([date, times], index) => {
        const next = dates[index + 2]?.[1];
        days.push({ zone, date, times, endMs: Math.min(...[...(next?.values() ?? [])].flat()) });
      });
    }
  }
}, 60_000);

const startOf = ({ times }: SeenDay) => Math.min(...[...times.values()].flat());
const nameOf = ({ zone, date }: SeenDay) => `${zone} ${date}`;

/** The days on which something differs, with what it should be: all of them in one list to be read. */
function wrongDays<Told>(
  told: (day: SeenDay) => Told,
  right: (day: SeenDay) => Told,
): [string, Told, Told][] {
  return days
    .map((day): [string, Told, Told] => [nameOf(day), told(day), right(day)])
    .filter(([, is, should]) => JSON.stringify(is) !== JSON.stringify(should))
    .slice(0, 5);
}

// Some 100 000 readings: seconds of work, and no more than that on a machine that does something else too.
describe('around every change of the clock, in every zone, for ten years', { timeout: 60_000 }, () => {
  test('enough days are looked at, and some of them begin at 01:00 or have two midnights', () => {
    expect(days.length).toBeGreaterThan(2000);
    expect(days.filter(({ times }) => !times.has('00:00')).length).toBeGreaterThan(20);
    expect(days.filter(({ times }) => times.get('00:00')?.length === 2).length).toBeGreaterThan(5);
  });

  test('a day is from the first moment of its date to the first of the next', () => {
    expect(
      wrongDays(
        ({ zone, date }) => dayFrom(wallAt(date) ?? 0, zone),
        (day) => ({ startMs: startOf(day), endMs: day.endMs }),
      ),
    ).toEqual([]);
  });

  test('a business is open from what its clock shows to what its clock shows', () => {
    const pairs = ['00:00 24:00', '09:00 18:00', '08:15 12:45', '00:00 01:30', '00:30 02:00', '22:00 24:00'];
    const wrong = pairs.flatMap((pair) => {
      const [from = '', to = ''] = pair.split(' ');
      const { business } = profileOf({ hours: [{ days: EVERY_DAY, from, to }] });
      return wrongDays(
        (day) => {
          // A row that begins or ends in the skipped hour has a rule of its own.
          if (!isShown(day, from) || !isShown(day, to)) return [];
          const window = { startMs: startOf(day), endMs: day.endMs };
          return openings(window, { ...business, timezone: day.zone });
        },
        (day) => {
          if (!isShown(day, from) || !isShown(day, to)) return [];
          const startMs = from === '00:00' ? startOf(day) : Math.min(...(day.times.get(from) ?? []));
          const endMs = to === '24:00' ? day.endMs : Math.max(...(day.times.get(to) ?? []));
          return [{ startMs, endMs }];
        },
      );
    });
    expect(wrong).toEqual([]);

    function isShown({ times }: SeenDay, time: string): boolean {
      return time === '00:00' || time === '24:00' || times.has(time);
    }
  });

  test('a time of day is the first moment that shows it, or none', () => {
    const two = (part: number) => String(part).padStart(2, '0');
    // Clocks are changed at night, in every zone.
    const hours = ['21', '22', '23', '00', '01', '02', '03', '04', '12'];
    const quarters = hours.flatMap((hour) => [0, 15, 30, 45].map((minute) => `${hour}:${two(minute)}`));
    expect(
      wrongDays(
        ({ zone, date }) => quarters.map((time): LocalMoment => momentOf(date, time, zone)),
        ({ times }) =>
          quarters.map((time): LocalMoment => {
            const ms = times.get(time)?.[0];
            return ms === undefined ? { kind: 'skipped' } : { kind: 'exact', ms };
          }),
      ),
    ).toEqual([]);
  });

  test("the engine's day ends with its date", () => {
    const moments = ({ times }: SeenDay) =>
      ['00:00', '00:45', '01:15', '12:00', '23:30'].flatMap((time) => times.get(time) ?? []);
    expect(
      wrongDays(
        (day) => moments(day).map((ms) => [day.zone, ms, new EngineDay(day.zone).leftOf(ms) + ms]),
        (day) => moments(day).map((ms) => [day.zone, ms, day.endMs]),
      ),
    ).toEqual([]);
    expect(
      wrongDays(
        (day) => moments(day).map((ms) => new EngineDay(day.zone).of(ms)),
        (day) => moments(day).map(() => day.date),
      ),
    ).toEqual([]);
  });
});

test('nine to six is nine to six in Santiago on 5 September 2027, where the clock is put forward at midnight', () => {
  const hours = [{ days: EVERY_DAY, from: '09:00', to: '18:00' }];
  const [startMs, endMs] = ['2027-09-05T03:00Z', '2027-09-06T03:00Z'].map((text) => Date.parse(text));
  const { business } = profileOf({ timezone: 'America/Santiago', hours });
  expect(openings({ startMs: startMs ?? 0, endMs: endMs ?? 0 }, business)).toEqual([
    { startMs: Date.parse('2027-09-05T12:00Z'), endMs: Date.parse('2027-09-05T21:00Z') },
  ]);
});
