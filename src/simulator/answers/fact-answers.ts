import type { Moment } from '../scenario-values.ts';
import type { BusinessFacts } from './business-facts.ts';
import { contentWords } from './content-words.ts';
import { hoursAnswer, listed, sentence } from './opening-hours.ts';

const QUESTION = /\?|^(?:what|when|where|who|which|how|is|are|do|does|can|could|will|have|has)\b/;
const PRICE = /\b(?:how much|costs?|prices?|charge|fee)\b/;
/** A sentence that tells a price. */
const AMOUNT = /\d|\b(?:costs?|free|price|dollars?|euros?|pounds?)\b/i;

/** What a template may name: `{business.hours}`. Undefined where the instructions say nothing of it. */
export function factAnswer(
  topic: string,
  facts: BusinessFacts,
  asked: string,
  moment: Moment,
): string | undefined {
  switch (topic) {
    case 'name':
      return facts.name || undefined;
    case 'hours':
      return hoursAnswer(facts, asked, moment);
    case 'services':
      return facts.services.length === 0
        ? undefined
        : `We offer ${listed(facts.services.map(({ name }) => name))}.`;
    case 'address':
      return facts.address === '' ? undefined : sentence(`We are at ${facts.address}`);
    case 'description':
      return facts.description === '' ? undefined : sentence(facts.description);
    default:
      return undefined;
  }
}

/**
 * The answer to a free question, from what the instructions say: hours, services
 * and address by their words; else the sentences of the description that speak
 * of what was asked. Undefined when they say nothing of it.
 */
export function answerFromFacts(words: string, facts: BusinessFacts, moment: Moment): string | undefined {
  const text = words.toLowerCase();
  const topic = topicOf(text);
  const answer = topic === undefined ? undefined : factAnswer(topic, facts, text, moment);
  if (answer !== undefined) return answer;
  if (!QUESTION.test(text)) return undefined;
  const service = facts.services.find(({ name }) => holdsAll(text, name));
  if (service?.minutes !== undefined && /\b(?:how long|take|minutes)\b/.test(text)) {
    return sentence(`For ${service.name} we plan ${String(service.minutes)} minutes`);
  }
  const told = sentencesAbout(text, facts.description);
  if (told !== undefined) return told;
  return service === undefined || PRICE.test(text) ? undefined : sentence(`Yes, we offer ${service.name}`);
}

function topicOf(text: string): string | undefined {
  if (/\b(?:open|opening|opened|close[sd]?|closing|hours)\b/.test(text)) return 'hours';
  if (/\b(?:services|treatments|offer|what (?:do|can) you do)\b/.test(text)) return 'services';
  if (/\b(?:address|located|where are you|where is your|find you)\b/.test(text)) return 'address';
  return /\b(?:who (?:is this|am i|are you)|name of (?:your|the) business)\b/.test(text) ? 'name' : undefined;
}

function holdsAll(text: string, name: string): boolean {
  const said = contentWords(text);
  const wanted = contentWords(name);
  return wanted.length > 0 && wanted.every((word) => said.includes(word));
}

/** At most two sentences: those that share the most words with the question. */
function sentencesAbout(text: string, description: string): string | undefined {
  const asked = new Set(contentWords(text));
  const scored = description
    .split(/(?<=[.!?;])\s+/)
    .filter((part) => !PRICE.test(text) || AMOUNT.test(part))
    .map((part) => ({ part, score: contentWords(part).filter((word) => asked.has(word)).length }));
  const best = Math.max(0, ...scored.map(({ score }) => score));
  if (best === 0) return undefined;
  const parts = scored.filter(({ score }) => score === best).slice(0, 2);
  return parts.map(({ part }) => sentence(capital(part.replace(/;$/, '')))).join(' ');
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
