import { type CountryCode, getCountryCallingCode, getExampleNumber } from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/examples.mobile.json' with { type: 'json' };
import { describe, expect, test } from 'vitest';
import { countryOf, judgeNumber, writtenNumber } from '../../../src/services/desk/number-policy.ts';

const US = new Set<CountryCode>(['US']);
const countries = Object.keys(examples) as CountryCode[];

/** One real-looking mobile number of every country that the metadata knows. */
const numbers = countries.flatMap((country) => {
  const number = getExampleNumber(country, examples);
  return number === undefined ? [] : [{ country, number: number.number, type: number.getType() }];
});

describe('a number of every country', () => {
  test('the numbers that are judged are of more than two hundred countries', () => {
    expect(numbers.length).toBeGreaterThan(200);
  });

  test.each(numbers)(
    'a number of $country, $number, is served at home, and nowhere else',
    ({ country, number, type }) => {
      const home = countryOf(number);
      if (home === undefined) {
        // Three islands number with fewer than eight digits: too short to be told from a short code.
        expect(number.length).toBeLessThan(9);
        expect(judgeNumber(number, new Set([country]))).toMatchObject({ ok: false, rule: 'syntax' });
        return;
      }
      // Some countries share a number plan, and the metadata names the larger: Vatican City and Italy.
      expect(getCountryCallingCode(home)).toBe(getCountryCallingCode(country));
      const isRefusedType = type === 'PERSONAL_NUMBER' || type === 'PAGER';
      expect(judgeNumber(number, new Set([home])).ok).toBe(!isRefusedType);
      expect(judgeNumber(number, US)).toMatchObject(home === 'US' ? { ok: true } : { rule: 'country' });
      expect(judgeNumber(number, new Set())).toMatchObject({ ok: false, rule: 'country' });
    },
  );
});

test.each([
  ['premium, US', '+19005551234', 'US'],
  ['personal, US', '+15005550006', 'US'],
  ['premium, GB', '+449098790000', 'GB'],
  ['premium 0843, GB', '+448431234567', 'GB'],
  ['personal 070, GB', '+447012345678', 'GB'],
  ['pager, GB', '+447640123456', 'GB'],
  ['UAN, GB', '+445512345678', 'GB'],
  ['UAN 03, GB', '+443012345678', 'GB'],
  ['shared cost, DE', '+491801234567', 'DE'],
  ['personal, DE', '+4970012345678', 'DE'],
  ['premium, FR', '+33899123456', 'FR'],
  ['shared cost, FR', '+33810123456', 'FR'],
  ['shared cost, AU', '+611300123456', 'AU'],
  ['premium, CH', '+41900123456', 'CH'],
  ['shared cost, CH', '+41840123456', 'CH'],
  ['premium, JP', '+81990123456', 'JP'],
  ['toll-free, US', '+18002345678', 'US'],
  ['toll-free, US, for tests', '+18005550123', 'US'],
  ['premium, US, by exchange', '+12029761234', 'US'],
  ['toll-free, GB', '+448001234567', 'GB'],
  ['toll-free, DE', '+498001234567', 'DE'],
  ['toll-free, AU', '+611800123456', 'AU'],
] as const)('the number policy refuses by type: %s', (_what, number, country) => {
  expect(judgeNumber(number, new Set<CountryCode>([country]))).toMatchObject({ ok: false, rule: 'type' });
});

test.each([
  ['Jamaica', '+18765550123'],
  ['Dominican Republic', '+18095550123'],
  ['Bermuda', '+14415550123'],
  ['Puerto Rico', '+17875550123'],
  ['Bahamas', '+12425550123'],
  ['no country: Iridium', '+881612345678'],
  ['no country: +882', '+88212345678'],
  ['no country: +883', '+883510012345'],
  ['no area code', '+10000000000'],
])('the number policy knows a +1 or a +88x that is not the United States: %s', (_what, number) => {
  expect(judgeNumber(number, US).ok).toBe(false);
});

test.each(['+12025550100', '+14155550123', '+15551234567', '+15552000000'])(
  'the number policy serves the test number %s',
  (number) => {
    expect(judgeNumber(number, US)).toEqual({ ok: true, number });
  },
);

test.each([
  '',
  '+',
  '+1',
  '911',
  '112',
  '12025550123',
  '0012025550123',
  '+02025550123',
  ' +12025550123',
  '+12025550123 ',
  '+1 202 555 0123',
  '+1-202-555-0123',
  '+12025550123;ext=9',
  '+12025550123,,,1',
  '+12025550123#',
  'tel:+12025550123',
  'sip:x@evil.test',
  '+12025550123@evil.test',
  '+12025550123\r\nBcc: +19005551234',
  '+12025550123\n',
  '+12025550123\0',
  '+1202555０１２３',
  '＋12025550123',
  '+١٢٠٢٥٥٥٠١٢٣',
  '+1202555O123',
  '+12025550123+19005551234',
  '+1202555012345678',
  'anonymous',
  'client:alice',
  '+97912345678',
  '+999',
])('the number policy refuses by syntax: %j', (raw) => {
  const verdict = judgeNumber(raw, US);
  expect(verdict).toMatchObject({ ok: false, rule: 'syntax' });
});

test.each([
  ['202-555-0123', '+12025550123'],
  ['(202) 555 0123', '+12025550123'],
  ['+44 7400 123456', '+447400123456'],
  ['202 555 0123 ext. 7', '202 555 0123 ext. 7'],
  ['ask my sister', 'ask my sister'],
])('the number policy writes down %j as %j', (spoken, written) => {
  expect(writtenNumber(spoken, 'US')).toBe(written);
});
