import { type Config, publicUrlOf } from '../config.ts';
import { isLoopbackUrl } from '../loopback.ts';
import type { EngineApi } from './engine-api.ts';

/**
 * The engine that a command asks: the one named, else the one that listens at `HOST` and `PORT`.
 *
 * Whoever holds the token commands calls, so it goes to this machine, to where the settings say that the engine
 * listens, and to its public address. Any other address is asked without it.
 */
export function engineAt(
  url: string | undefined,
  config: Pick<Config, 'host' | 'port' | 'publicUrl' | 'adminToken'>,
): EngineApi {
  const here = reachableUrl(config.host, config.port);
  if (url === undefined) return { url: here, adminToken: config.adminToken };
  const own = [here, publicUrlOf(config, config.port)];
  const isOwn = isLoopbackUrl(url) || own.some((each) => originOf(each) === originOf(url));
  return { url, adminToken: isOwn ? config.adminToken : undefined };
}

/** Where this machine reaches what listens at `host`: one that listens everywhere is asked at its loopback address. */
export function reachableUrl(host: string, port: number): string {
  const name = host.replace(/^\[|\]$/g, '');
  const near = name === '0.0.0.0' ? '127.0.0.1' : isEverywhere(name) ? '::1' : name;
  return `http://${near.includes(':') ? `[${near}]` : near}:${String(port)}`;
}

/** `::` in any of its spellings. */
const isEverywhere = (name: string) => /^[0:]+$/.test(name) && name.includes(':');

const originOf = (url: string): string | undefined => (URL.canParse(url) ? new URL(url).origin : undefined);
