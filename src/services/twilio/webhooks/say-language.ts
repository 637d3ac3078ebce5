/**
 * The languages that Twilio's own voices speak, by BCP 47 tags.
 *
 * Source: the type `SayLanguage` of Twilio's library for Node, 6.2. A code that
 * is not in it is an error in the middle of a call, so none is sent.
 */

/** The first of a language is what its tag without a region means. */
const CODES = [
  ...['af-ZA', 'am-ET', 'ar-XA', 'ar-AE', 'bg-BG', 'bn-IN', 'ca-ES', 'cs-CZ', 'cy-GB', 'da-DK', 'de-DE'],
  ...['de-AT', 'el-GR', 'en-US', 'en-AU', 'en-CA', 'en-GB', 'en-IE', 'en-IN', 'en-NZ', 'en-ZA', 'es-ES'],
  ...['es-MX', 'es-US', 'fi-FI', 'fil-PH', 'fr-FR', 'fr-BE', 'fr-CA', 'gu-IN', 'he-IL', 'hi-IN', 'hu-HU'],
  ...['id-ID', 'is-IS', 'it-IT', 'ja-JP', 'kn-IN', 'ko-KR', 'lv-LV', 'ml-IN', 'mr-IN', 'ms-MY', 'nb-NO'],
  ...['nl-NL', 'nl-BE', 'pa-IN', 'pl-PL', 'pt-BR', 'pt-PT', 'ro-RO', 'ru-RU', 'sk-SK', 'sr-RS', 'sv-SE'],
  ...['ta-IN', 'te-IN', 'th-TH', 'tr-TR', 'uk-UA', 'vi-VN', 'yue-HK', 'zh-CN', 'zh-HK', 'zh-TW'],
];

/** Other names for the same: Norwegian and its second written form, Mandarin, Filipino. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['no', 'nb'],
  ['nn', 'nb'],
  ['cmn', 'zh'],
  ['tl', 'fil'],
]);

const FALLBACK = 'en-US';

/**
 * Twilio's code for a language: with its region where Twilio has that, else of
 * the language as such. American English for a language that no voice speaks.
 *
 * @param tag - BCP 47.
 */
export function sayLanguageOf(tag: string): string {
  const [primary = '', ...more] = tag.toLowerCase().split('-');
  const language = ALIASES.get(primary) ?? primary;
  const region = more.find((part) => /^[a-z]{2}$/.test(part));
  return (
    CODES.find((code) => code.toLowerCase() === `${language}-${region ?? ''}`) ??
    CODES.find((code) => code.startsWith(`${language}-`)) ??
    FALLBACK
  );
}
