import type { FieldProblem } from '../../../protocol/field-problem.ts';
import { RequestProblem } from '../../http/problems.ts';
import type { Handler, RouteRequest } from '../../http/routes.ts';

/**
 * What a media stream gets whose upgrade was lost on the way: a proxy takes `Upgrade` and `Connection` off every
 * request, unless it is told otherwise. The answer names what is missing, so that the operator need not guess.
 */
export function streamWithoutUpgrade(publicUrl: string) {
  const { host } = new URL(publicUrl);
  return {
    'GET /twilio/media': (request) => {
      throw new RequestProblem('UPGRADE_REQUIRED', {
        errors: missingOf(request, host),
        headers: { Upgrade: 'websocket', Connection: 'Upgrade' },
      });
    },
  } satisfies Record<string, Handler>;
}

function missingOf({ headers, httpVersion }: RouteRequest, host: string): FieldProblem[] {
  const names = (header: string, word: string) =>
    String(headers[header] ?? '')
      .toLowerCase()
      .includes(word);
  return [
    ...(names('upgrade', 'websocket') ? [] : [{ path: 'Upgrade', message: 'must arrive as websocket' }]),
    ...(names('connection', 'upgrade') ? [] : [{ path: 'Connection', message: 'must arrive as upgrade' }]),
    ...(httpVersion === '1.0' ? [{ path: 'version', message: 'must arrive as HTTP/1.1, not 1.0' }] : []),
    // What the console's page says of itself is compared with it.
    ...(headers['host']?.toString().toLowerCase() === host
      ? []
      : [{ path: 'Host', message: `must arrive as ${host}` }]),
  ];
}
