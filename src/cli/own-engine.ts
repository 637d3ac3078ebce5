import { type Config, publicUrlOf } from '../config.ts';
import { isLoopbackUrl } from '../loopback.ts';
import type { EngineApi } from './engine-api.ts';

/**
 * The engine that a command asks: the one named, else the one that runs on the configured port of this machine.
 *
 * Whoever holds the token commands calls, so it goes to this machine, to where the settings say that the engine
 * listens, and to its public address. Any other address is asked without it.
 */
export function engineAt(
  url: string | undefined,
  config: Pick<Config, 'host' | 'port' | 'publicUrl' | 'adminToken'>,
): EngineApi {
  const here = `http://127.0.0.1:${String(config.port)}`;
  if (url === undefined) return { url: here, adminToken: config.adminToken };
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  const own = [`http://${host}:${String(config.port)}`, publicUrlOf(config, config.port)];
  const isOwn = isLoopbackUrl(url) || own.some((each) => originOf(each) === originOf(url));
  return { url, adminToken: isOwn ? config.adminToken : undefined };
}

const originOf = (url: string): string | undefined => (URL.canParse(url) ? new URL(url).origin : undefined);
