import { aLawToMuLaw, muLawToALaw } from '../../../media/a-law.ts';
import { bytesOf, sendBase64, type SessionCodec } from './session-codec.ts';

/** Between a line of mu-law and a session of A-law: one table each way, no delay, and a step of loudness at most. */
export const aLawCodec: SessionCodec = {
  toModel: (text, start, end, send) => {
    const audio = bytesOf(text, start, end);
    muLawToALaw(audio);
    sendBase64(audio, send);
  },
  toLine: (_itemId, text, start, end, send) => {
    const audio = bytesOf(text, start, end);
    aLawToMuLaw(audio);
    sendBase64(audio, send);
  },
};
