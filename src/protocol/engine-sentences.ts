/**
 * What the engine says of its own accord, in the languages that it has sentences in. A profile can write each of them
 * itself (`profile-sentences.ts`).
 */

/** `hold`, `sorry`, `failed` and `filler` are clips; the others have a field of their own in a profile. */
export type SentenceName = 'greeting' | 'announcement' | 'busy' | 'hold' | 'sorry' | 'failed' | 'filler';

export type Sentences = Readonly<Record<SentenceName, string>>;

/** The language for calls of which nothing is known, and for languages without sentences. */
export const FALLBACK_LANGUAGE = 'en';

const ENGLISH: Sentences = {
  greeting: 'Hi, this is {business.name}, how can I help you?',
  announcement: 'This call is recorded.',
  busy: 'All our lines are busy. Please call again later.',
  hold: 'One moment please.',
  sorry: 'Sorry, I did not get that. Could you say it again?',
  failed: "I'm having technical trouble. Please call again later.",
  filler: 'One moment, let me check.',
};

const NORWEGIAN: Sentences = {
  greeting: 'Hei, dette er {business.name}, hva kan jeg hjelpe deg med?',
  announcement: 'Denne samtalen blir tatt opp.',
  busy: 'Alle linjene våre er opptatt. Vennligst ring igjen senere.',
  hold: 'Et øyeblikk.',
  sorry: 'Beklager, jeg fikk ikke med meg det. Kan du si det en gang til?',
  failed: 'Jeg har tekniske problemer. Vennligst ring igjen senere.',
  filler: 'Et øyeblikk, jeg skal sjekke.',
};

/** By primary subtag of BCP 47. */
const LANGUAGES: ReadonlyMap<string, Sentences> = new Map([
  ['en', ENGLISH],
  [
    'de',
    {
      greeting: 'Guten Tag, hier ist {business.name}, wie kann ich Ihnen helfen?',
      announcement: 'Dieses Gespräch wird aufgezeichnet.',
      busy: 'Alle unsere Leitungen sind besetzt. Bitte rufen Sie später noch einmal an.',
      hold: 'Einen Moment bitte.',
      sorry: 'Entschuldigung, das habe ich nicht verstanden. Können Sie es bitte wiederholen?',
      failed: 'Ich habe technische Schwierigkeiten. Bitte rufen Sie später noch einmal an.',
      filler: 'Einen Moment, ich sehe nach.',
    },
  ],
  [
    'fr',
    {
      greeting: 'Bonjour, ici {business.name}, comment puis-je vous aider ?',
      announcement: 'Cet appel est enregistré.',
      busy: 'Toutes nos lignes sont occupées. Merci de rappeler plus tard.',
      hold: 'Un instant, je vous prie.',
      sorry: "Excusez-moi, je n'ai pas compris. Pouvez-vous répéter ?",
      failed: 'Je rencontre un problème technique. Merci de rappeler plus tard.',
      filler: 'Un instant, je vérifie.',
    },
  ],
  [
    'es',
    {
      greeting: 'Hola, le atiende {business.name}, ¿en qué puedo ayudarle?',
      announcement: 'Esta llamada se está grabando.',
      busy: 'Todas nuestras líneas están ocupadas. Por favor, llame más tarde.',
      hold: 'Un momento, por favor.',
      sorry: 'Perdone, no le he entendido. ¿Puede repetirlo?',
      failed: 'Tengo problemas técnicos. Por favor, llame más tarde.',
      filler: 'Un momento, lo compruebo.',
    },
  ],
  [
    'it',
    {
      greeting: 'Buongiorno, {business.name}, come posso aiutarla?',
      announcement: 'Questa chiamata viene registrata.',
      busy: 'Tutte le nostre linee sono occupate. La preghiamo di richiamare più tardi.',
      hold: 'Un momento, per favore.',
      sorry: 'Mi scusi, non ho capito. Può ripetere?',
      failed: 'Ho un problema tecnico. La prego di richiamare più tardi.',
      filler: 'Un momento, controllo.',
    },
  ],
  [
    // As it is said on both sides of the Atlantic.
    'pt',
    {
      greeting: 'Olá, {business.name}, em que posso ajudar?',
      announcement: 'Esta chamada é gravada.',
      busy: 'Todas as nossas linhas estão ocupadas. Por favor, ligue mais tarde.',
      hold: 'Um momento, por favor.',
      sorry: 'Desculpe, não entendi. Pode repetir?',
      failed: 'Estou com problemas técnicos. Por favor, ligue mais tarde.',
      filler: 'Um momento, vou verificar.',
    },
  ],
  [
    'nl',
    {
      greeting: 'Goedendag, u spreekt met {business.name}, waarmee kan ik u helpen?',
      announcement: 'Dit gesprek wordt opgenomen.',
      busy: 'Al onze lijnen zijn bezet. Belt u alstublieft later terug.',
      hold: 'Een ogenblik alstublieft.',
      sorry: 'Sorry, dat heb ik niet verstaan. Kunt u het herhalen?',
      failed: 'Ik heb een technisch probleem. Belt u alstublieft later terug.',
      filler: 'Een ogenblik, ik kijk het na.',
    },
  ],
  [
    'sv',
    {
      greeting: 'Hej, det här är {business.name}, vad kan jag hjälpa dig med?',
      announcement: 'Det här samtalet spelas in.',
      busy: 'Alla våra linjer är upptagna. Ring gärna igen senare.',
      hold: 'Ett ögonblick.',
      sorry: 'Förlåt, jag uppfattade inte det. Kan du säga det igen?',
      failed: 'Jag har tekniska problem. Ring gärna igen senare.',
      filler: 'Ett ögonblick, jag ska kolla.',
    },
  ],
  [
    'da',
    {
      greeting: 'Hej, det er {business.name}, hvad kan jeg hjælpe dig med?',
      announcement: 'Denne samtale bliver optaget.',
      busy: 'Alle vores linjer er optaget. Ring venligst igen senere.',
      hold: 'Et øjeblik.',
      sorry: 'Undskyld, det forstod jeg ikke. Kan du sige det igen?',
      failed: 'Jeg har tekniske problemer. Ring venligst igen senere.',
      filler: 'Et øjeblik, jeg undersøger det.',
    },
  ],
  // Norwegian as such, and its commoner written form.
  ['no', NORWEGIAN],
  ['nb', NORWEGIAN],
]);

/** The sentences of a language; undefined for one that has none. @param tag - BCP 47. */
export const sentencesIn = (tag: string): Sentences | undefined =>
  LANGUAGES.get(tag.toLowerCase().split('-')[0] ?? '');

/** Those that are said where a language has none of its own. */
export const FALLBACK_SENTENCES: Sentences = ENGLISH;
