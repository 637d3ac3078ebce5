import type { Config } from '../config.ts';
import { type NumberSettings, readNumberSettings } from '../services/twilio/rest/number-settings.ts';
import { networkWords } from './answer-words.ts';
import { bad, type Finding, sound } from './finding.ts';

/** Asks Twilio about the number, where the settings have credentials and a number: whether it leads here. */
export async function checkNumber({ twilio }: Pick<Config, 'twilio'>, publicUrl: string): Promise<Finding[]> {
  const { accountSid, authToken, phoneNumber: number, apiUrl } = twilio;
  if (accountSid === undefined || authToken === undefined || number === undefined) return [];
  const answer = await readNumberSettings({ apiUrl, accountSid, authToken, number });
  switch (answer.kind) {
    case 'found': {
      const faults = faultsOf(answer.settings, publicUrl);
      return faults.length > 0
        ? faults.map((fault) => bad(`TWILIO_PHONE_NUMBER: ${fault}`))
        : [sound(`Twilio sends calls to TWILIO_PHONE_NUMBER here${fallbackNote(answer.settings)}`)];
    }
    case 'unknown':
      return [bad('TWILIO_PHONE_NUMBER: the account of TWILIO_ACCOUNT_SID has no such number')];
    case 'refused':
      return [bad(refusal(answer.status))];
    case 'unreachable':
      return [
        bad(
          `TWILIO_API_URL: Twilio cannot be asked about the number: ${networkWords(answer.code) || 'that is not its answer'}`,
        ),
      ];
  }
}

function refusal(status: number): string {
  return status === 401 || status === 403
    ? `TWILIO_AUTH_TOKEN: Twilio refuses it (${String(status)}): is it the one of the account of TWILIO_ACCOUNT_SID?`
    : `TWILIO_ACCOUNT_SID: Twilio answers ${String(status)} when it is asked about the number`;
}

/** Calls come through without one, as long as the engine is there. */
const fallbackNote = ({ voice_fallback_url: fallback }: NumberSettings) =>
  isSet(fallback) ? '' : '; "Primary handler fails" is empty: callers hear an error while the engine is down';

function faultsOf(settings: NumberSettings, publicUrl: string): string[] {
  const faults: string[] = [];
  const voice = `${publicUrl}/twilio/voice`;
  const status = `${publicUrl}/twilio/status`;
  if (isSet(settings.trunk_sid))
    faults.push('a SIP trunk takes its calls: remove the number from the trunk at Twilio');
  if (isSet(settings.voice_application_sid)) {
    faults.push('a TwiML app takes its calls: choose "Webhook" at Twilio instead');
  }
  if (!leadsTo(settings.voice_url, voice)) faults.push(`"A call comes in" must be ${voice} at Twilio`);
  else if (!isPost(settings.voice_method)) faults.push('"A call comes in" must be HTTP POST at Twilio');
  if (!leadsTo(settings.status_callback, status)) {
    faults.push(`"Call status changes" must be ${status} at Twilio`);
  } else if (!isPost(settings.status_callback_method)) {
    faults.push('"Call status changes" must be HTTP POST at Twilio');
  }
  return faults;
}

const isSet = (text: string | null | undefined): text is string =>
  text !== undefined && text !== null && text !== '';
/** Twilio's default. */
const isPost = (method: string | null | undefined) => (method ?? 'POST').toUpperCase() === 'POST';

/** Query and fragment may differ: an agent may be named in the one, and the other is for retries. */
function leadsTo(written: string | null | undefined, url: string): boolean {
  if (!isSet(written) || !URL.canParse(written)) return false;
  const [there, here] = [new URL(written), new URL(url)];
  return there.origin === here.origin && there.pathname.replace(/\/$/, '') === here.pathname;
}
