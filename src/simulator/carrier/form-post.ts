import { request as requestPlainly, type IncomingMessage } from 'node:http';
import { request as requestOverTls } from 'node:https';
import type { Clock } from '../../clock.ts';

/** One form, posted once. */
export interface FormPost {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly connectMs: number;
  /** Until the answer begins, and between two pieces of it. */
  readonly readMs: number;
  /** All of it. */
  readonly totalMs: number;
}

/** `ct`: there was no connection, or it broke. `rt`: nothing came in time. */
export type FormAnswer = { readonly status: number; readonly body: string } | { readonly lost: 'ct' | 'rt' };

/** Posts a form. Never rejects. */
export type PostForm = (post: FormPost, clock: Clock) => Promise<FormAnswer>;

/**
 * Posts a form over a connection of its own. Not with `fetch`, which does not
 * tell when it is connected: the time to connect and the time to answer are two.
 */
export const postForm: PostForm = ({ url, headers, body, connectMs, readMs, totalMs }, clock) =>
  new Promise((resolve) => {
    const isTls = url.startsWith('https:');
    let late: 'ct' | 'rt' = 'ct';
    const giveUp = () => {
      settle({ lost: late });
    };
    const total = clock.setTimeout(giveUp, totalMs);
    let patience = clock.setTimeout(giveUp, connectMs);
    const waitForMore = () => {
      late = 'rt';
      clock.clearTimeout(patience);
      patience = clock.setTimeout(giveUp, readMs);
    };
    const asking = (isTls ? requestOverTls : requestPlainly)(url, { method: 'POST', headers, agent: false });
    const settle = (answer: FormAnswer) => {
      clock.clearTimeout(total);
      clock.clearTimeout(patience);
      resolve(answer);
      asking.destroy();
    };
    const broken = () => {
      settle({ lost: 'ct' });
    };
    asking.on('socket', (socket) => socket.once(isTls ? 'secureConnect' : 'connect', waitForMore));
    asking.on('error', broken);
    asking.on('response', (response: IncomingMessage) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
        waitForMore();
      });
      response.on('error', broken);
      response.on('end', () => {
        settle({ status: response.statusCode ?? 0, body: text });
      });
    });
    asking.end(body);
  });
