import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { systemClock, withoutJumps } from '../../src/clock.ts';
import { AgentProfile } from '../../src/protocol/agent-profile.ts';
import { AgentDrafts } from '../../src/services/agents/agent-drafts.ts';
import { RateLimit } from '../../src/services/http/rate-limit.ts';
import { BadFrames } from '../../src/services/openai/wire/bad-frames.ts';
import { KeptAudio } from '../../src/services/openai/memory/kept-audio.ts';
import { endCall } from '../../src/services/tools/house/end-call.ts';
import { StreamTokens } from '../../src/services/phone/stream-token.ts';
import { callOf, profileOf, toolBench } from '../support/tool-call.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const DAY_MS = 86_400_000;
const START_MS = 1_700_000_000_000;

test('the steady time of the system is near its date, and passes when somebody sets the date', () => {
  const before = systemClock.steady();
  expect(Math.abs(systemClock.now() - before)).toBeLessThan(60_000);
  vi.spyOn(Date, 'now').mockReturnValue(before - DAY_MS);
  onTestFinished(() => {
    vi.restoreAllMocks();
  });
  expect(systemClock.now()).toBe(before - DAY_MS);
  expect(systemClock.steady() - before).toBeGreaterThanOrEqual(0);
  expect(systemClock.steady() - before).toBeLessThan(60_000);
});

test('a clock without jumps has dates that begin with the day and lie apart as time passed', () => {
  const clock = new VirtualClock(START_MS);
  clock.setWall(DAY_MS);
  const call = withoutJumps(clock);
  expect(call.now()).toBe(START_MS + DAY_MS);
  clock.setWall(-3 * DAY_MS);
  clock.advance(1500);
  expect(call.now()).toBe(START_MS + DAY_MS + 1500);
});

describe.each([
  ['a day ahead', DAY_MS],
  ['a day back', -DAY_MS],
])('when the date is set %s', (where, byMs) => {
  const clockBefore = () => new VirtualClock(START_MS);

  test(`a limit is as used up as before when the date is set ${where}, and frees itself in its own time`, () => {
    const clock = clockBefore();
    const limit = new RateLimit({ max: 2, windowMs: 60_000, clock });
    limit.take('a');
    limit.take('a');
    clock.setWall(byMs);
    expect(limit.take('a')).toBe(60_000);
    clock.advance(60_000);
    expect(limit.take('a')).toBe(0);
  });

  test(`a token of a stream lives its minute, no less and no longer, when the date is set ${where}`, () => {
    const clock = clockBefore();
    const tokens = new StreamTokens('secret', clock);
    const token = tokens.mint({ callSid: 'CA1', epoch: 1, peer: 'carrier' });
    clock.setWall(byMs);
    clock.advance(59_999);
    expect(tokens.read(token).callSid).toBe('CA1');
    clock.advance(1);
    expect(() => tokens.read(token)).toThrow('expired');
  });

  test(`a draft is kept for its hour when the date is set ${where}`, () => {
    const clock = clockBefore();
    const drafts = new AgentDrafts(clock);
    const profile = AgentProfile.parse({ id: 'shop', business: { name: 'Shop' }, tools: [] });
    const { draftId } = drafts.keep(profile);
    clock.setWall(byMs);
    clock.advance(3_599_999);
    expect(drafts.find(draftId)).toBe(profile);
    clock.advance(1);
    expect(drafts.find(draftId)).toBeUndefined();
  });

  test(`a tool that was asked for too often stays so for a minute when the date is set ${where}`, async () => {
    const clock = clockBefore();
    const limits = { perCall: 100, perToolAndMinute: 1 };
    const bench = toolBench([endCall()], { clock, limits });
    const call = callOf({ profile: profileOf({}, { tools: ['end_call'] }) });
    const ask = async () => (await bench.ask(call, 'end_call', { reason: 'done' })).output;
    const first = await ask();
    clock.setWall(byMs);
    expect(await ask()).toContain('asked too often');
    clock.advance(60_001);
    expect(await ask()).not.toContain('asked too often');
    expect(first).not.toContain('asked too often');
  });

  test(`frames that cannot be read are counted within ten seconds that passed when the date is set ${where}`, () => {
    const clock = clockBefore();
    const frames = new BadFrames(clock);
    for (let n = 0; n < 19; n++) frames.add();
    clock.setWall(byMs);
    expect(frames.add()).toBe(true);
  });

  test(`what the caller said a moment ago is still new when the date is set ${where}`, () => {
    const clock = clockBefore();
    const kept = new KeptAudio(clock);
    const frame = Buffer.from(Buffer.alloc(160).toString('base64'));
    kept.keep(frame, 0, frame.length);
    clock.setWall(byMs);
    clock.advance(100);
    expect(kept.take()).toHaveLength(1);
    kept.keep(frame, 0, frame.length);
    clock.setWall(-byMs);
    clock.advance(3000);
    expect(kept.take()).toHaveLength(0);
  });
});
