import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readAgentProfile } from '../../src/protocol/agent-profile.ts';
import { type FarEnd, farEnd, json } from '../support/far-end.ts';
import { callOf, profileOf, read, toolBench } from '../support/tool-call.ts';
import { loadTools, toolFolder } from '../support/tool-folder.ts';

/** The blocks of a guide in one language, in order. */
const blocksOf = (page: string, language: string): string[] =>
  [...readFileSync(`docs/guide/${page}.md`, 'utf8').matchAll(/^```(\w+)\n([^]*?)^```/gm)].flatMap(
    ([, found, code = '']) => (found === language ? [code] : []),
  );

describe('the tools of "Writing a tool", from the page itself', () => {
  const [quote = '', reserve = ''] = blocksOf('writing-a-tool', 'typescript');
  const folder = toolFolder({ 'quote_delivery.ts': quote, 'reserve_item.ts': reserve });
  const profile = profileOf({}, { tools: ['quote_delivery', 'reserve_item'] });
  let shop: FarEnd;

  beforeAll(async () => {
    shop = await farEnd();
    process.env['SHOP_URL'] = shop.url;
  });
  afterAll(async () => {
    delete process.env['SHOP_URL'];
    await shop.close();
  });

  test('the tools of "Writing a tool" load from a folder of their own, and are offered', async () => {
    const { toolbox } = toolBench(await loadTools(folder));
    const [quoted, reserved] = toolbox.specsFor(profile);
    expect(quoted).toMatchObject({ name: 'quote_delivery', parameters: { required: ['postcode'] } });
    expect(reserved?.description).toContain('Read the details back');
  });

  test('the tools of "Writing a tool" answer, refuse and are protected from what they do not take', async () => {
    const bench = toolBench(await loadTools(folder));
    const quoteFor = async (postcode: unknown) =>
      read(await bench.ask(callOf({ profile }), 'quote_delivery', { postcode }));
    expect(await quoteFor('20095')).toEqual({
      status: 'ok',
      result: { price: 6, currency: 'EUR', from: 'The Shop' },
    });
    expect(await quoteFor('30095')).toMatchObject({
      status: 'refused',
      reason: 'We do not deliver there.',
      result: { postcodesBeginWith: ['1', '2', '8'] },
    });
    expect(await quoteFor('two')).toMatchObject({
      error: 'TOOL_ARGUMENTS',
      problems: [{ path: 'postcode' }],
    });
  });

  test('the tools of "Writing a tool" send the key along, and speak of what came of it', async () => {
    const tools = await loadTools(folder);
    const reserve = tools.find(({ name }) => name === 'reserve_item');
    const asked = reserve?.read('{"article":"lamp","name":"Ann"}', profile);
    if (asked === undefined || !('run' in asked)) throw new Error('the arguments were not taken');
    const context = { call: callOf({ profile }), signal: new AbortController().signal, key: 'k1' };
    expect(await asked.run(context)).toMatchObject({ status: 'ok', result: { reserved: 'lamp' } });
    expect(shop.got[0]?.headers['idempotency-key']).toBe('k1');
    expect(JSON.parse(shop.got[0]?.body ?? '')).toEqual({
      article: 'lamp',
      name: 'Ann',
      phone: '+12025550123',
    });
    shop.answers(json({}, 409));
    expect(await asked.run(context)).toMatchObject({ status: 'refused' });
    shop.answers(json({}, 500));
    expect(await asked.run(context)).toMatchObject({ status: 'uncertain' });
  });
});

test.each(['webhook-tools', 'mcp-tools'])('the profile of the guide "%s" is one', (page) => {
  const [profile = ''] = blocksOf(page, 'json');
  const written = { id: 'shop', business: { name: 'Shop' }, ...(JSON.parse(profile) as object) };
  expect(readAgentProfile(written, new Set(['end_call']))).toHaveProperty('profile');
});
