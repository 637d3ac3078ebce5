import { afterEach, describe, expect, test } from 'vitest';
import { EngineError } from '../../../src/errors.ts';
import { readAgentProfile } from '../../../src/protocol/agent-profile.ts';
import { AgentDraft, AgentPreview } from '../../../src/protocol/console-agents.ts';
import { SoftphoneCall } from '../../../src/protocol/console-softphone.ts';
import { AgentDrafts } from '../../../src/services/agents/agent-drafts.ts';
import type { AgentStore } from '../../../src/services/http/agents-api.ts';
import type { HttpDeps } from '../../../src/services/http/app.ts';
import { HttpHouse } from '../../support/http.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

let house: HttpHouse;
afterEach(() => house.close());

const escalation = { phoneNumber: '+12025550111' };
const written = { id: 'shop', business: { name: 'Shop' }, tools: [], escalation };
const check = (id: string, more: object) => readAgentProfile({ id, tools: [], ...more }, new Set());

/** One agent, `shop`; and `default`, with another name. */
const agents: AgentStore = {
  list: () => [],
  stored: (id) => {
    const named = { ...written, id };
    const read = check(id, named);
    return ['shop', 'default'].includes(id) && 'profile' in read
      ? { written: named, profile: read.profile, version: 'v1' }
      : undefined;
  },
  versions: (id) =>
    Promise.resolve(
      id === 'shop'
        ? [{ version: 'v1', savedAt: '2026-11-25T10:00:00.000Z', written, isCurrent: true }]
        : undefined,
    ),
  check,
  put: () => Promise.resolve({ problems: [] }),
};

async function open(more: Partial<HttpDeps> = {}) {
  house = await new HttpHouse({ agents, ...more }).open();
  return house;
}

describe('an agent', () => {
  test('an agent is told as written and with its defaults', async () => {
    await open();
    expect((await house.api('/api/agents/shop')).json).toMatchObject({
      written,
      profile: { id: 'shop', voice: 'marin', escalation },
      version: 'v1',
    });
    expect((await house.api('/api/agents/shop/versions')).json).toMatchObject({
      items: [{ version: 'v1', isCurrent: true, written }],
      nextCursor: null,
    });
  });

  test.each(['', '/versions'])('an agent with an unknown id is not found%s', async (more) => {
    expect(await (await open()).api(`/api/agents/nobody${more}`)).toMatchObject({ status: 404 });
  });

  test('an agent is previewed: what the model would be told', async () => {
    const reply = await (
      await open()
    ).send('POST', '/api/agents/new/preview', { business: { name: 'Crumb' } });
    expect(AgentPreview.parse(reply.json)).toEqual({
      problems: [],
      instructions: 'You answer for Crumb.',
      greeting: 'Hi, this is Crumb, how can I help you?',
    });
  });

  test('an agent is previewed with everything that is wrong, which is an answer', async () => {
    const reply = await (
      await open()
    ).send('POST', '/api/agents/new/preview', { business: {}, colour: 'red' });
    expect(reply.status).toBe(200);
    expect(AgentPreview.parse(reply.json)).toMatchObject({ instructions: null, greeting: null });
    expect(AgentPreview.parse(reply.json).problems.map(({ path }) => path)).toEqual([
      'business.name',
      'colour',
    ]);
  });

  test.each(['preview', 'draft'])('an agent takes 256 KB for a %s, and only an object', async (what) => {
    await open();
    const path = `/api/agents/new/${what}`;
    const large = { business: { name: 'x', description: 'y'.repeat(3000) }, tools: [] };
    expect((await house.send('POST', path, { ...large, x: 'z'.repeat(200 * 1024) })).status).not.toBe(413);
    expect((await house.send('POST', path, 'x'.repeat(257 * 1024))).status).toBe(413);
    expect(await house.send('POST', path, '[]')).toMatchObject({
      status: 400,
      json: { errors: [{ path: '' }] },
    });
    expect(await house.send('POST', `/api/agents/UPPER/${what}`, {})).toMatchObject({ status: 400 });
  });

  test('an agent with problems is not kept as a draft', async () => {
    expect(await (await open()).send('POST', '/api/agents/new/draft', {})).toMatchObject({
      status: 400,
      json: { errors: [{ path: 'business' }] },
    });
  });
});

describe('a call from the browser', () => {
  const asked = () => house.desk.asked.at(-1)?.with as { callSid: string } & Record<string, unknown>;

  test('a call from the browser is opened for an agent, and dials nobody', async () => {
    await open();
    const reply = await house.send('POST', '/api/softphone', { agentId: 'shop' });
    const call = SoftphoneCall.parse(reply.json);
    expect(reply.status).toBe(201);
    expect(reply.headers.location).toBe(`/api/calls/${call.callSid}`);
    expect(call).toMatchObject({ streamUrl: '/api/softphone/stream', token: 'v1.token' });
    expect(call.callSid).toMatch(/^CA[0-9a-f]{32}$/);
    expect(asked()).toMatchObject({
      callSid: call.callSid,
      direction: 'inbound',
      from: 'client:softphone',
      to: 'client:shop',
      isTest: true,
      profile: { id: 'shop' },
    });
    expect(asked()['profile']).not.toHaveProperty('escalation');
  });

  test('a call from the browser is opened for the default agent when none is named', async () => {
    await open();
    await house.send('POST', '/api/softphone', {});
    expect(asked()).toMatchObject({ profile: { id: 'default' } });
  });

  test('a call from the browser is opened for a draft that was not saved', async () => {
    await open({ drafts: new AgentDrafts(new VirtualClock()) });
    const drafted = await house.send('POST', '/api/agents/shop/draft', { business: { name: 'Tried' } });
    const { draftId } = AgentDraft.parse(drafted.json);
    expect(drafted.status).toBe(201);
    await house.send('POST', '/api/softphone', { draftId });
    expect(asked()).toMatchObject({ profile: { id: 'shop', business: { name: 'Tried' } } });
  });

  test.each([
    [{ agentId: 'nobody' }, 404],
    [{ draftId: 'forgotten' }, 404],
    [{ agentId: 'shop', draftId: 'x' }, 400],
    [{ agent: 'shop' }, 400],
  ])('a call from the browser is not opened for %j', async (body, status) => {
    await open();
    expect((await house.send('POST', '/api/softphone', body)).status).toBe(status);
    expect(house.desk.asked).toEqual([]);
  });

  test('a call from the browser that is refused says why', async () => {
    await open();
    house.desk.next = { kind: 'busy', language: 'en', message: 'Later.', cause: 'day_minutes' };
    expect(await house.send('POST', '/api/softphone', {})).toMatchObject({
      status: 409,
      json: { detail: 'the daily limit of model minutes is reached' },
    });
  });

  test('a call from the browser needs the token like everything else', async () => {
    await open();
    expect((await house.ask('/api/softphone', { method: 'POST' })).status).toBe(401);
  });
});

describe('a caller who types', () => {
  const say = (text: unknown) => house.send('POST', '/api/softphone/say', { text });

  test('a caller who types gets the sentence as mu-law', async () => {
    const heard: string[] = [];
    await open({
      speak: (text) => {
        heard.push(text);
        return Promise.resolve(Buffer.from('audio'));
      },
    });
    const reply = await say('  Hello. ');
    expect(reply).toMatchObject({ status: 200, text: 'audio', headers: { 'content-type': 'audio/basic' } });
    expect(heard).toEqual(['Hello.']);
  });

  test.each(['', '   ', 'x'.repeat(501), 7, undefined])('a caller who types is refused %j', async (text) => {
    await open();
    expect(await say(text)).toMatchObject({ status: 400, json: { errors: [{ path: 'text' }] } });
  });

  test('a caller who types is told when the voice is not installed', async () => {
    await open({ speak: () => Promise.reject(new EngineError('SPEECH_UNAVAILABLE', 'no package')) });
    expect(await say('Hello.')).toMatchObject({
      status: 501,
      json: { type: 'SPEECH_UNAVAILABLE', title: "the simulator's speech is not available" },
    });
  });
});
