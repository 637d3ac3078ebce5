import { readFileSync } from 'node:fs';
import { packageVersion } from '../../version.ts';
import type { Answer } from './answer.ts';
import type { Handler } from './routes.ts';

/** The description of the API that ships with the engine: `scripts/reference-pages.ts` writes it, a check keeps it new. */
const DOCUMENT = new URL('../../../assets/openapi.json', import.meta.url);
/** Stands there for the version of the engine. */
export const NO_VERSION = 'the version of the engine';

/** The API as it describes itself. Read at the start, as text: a request makes and reads nothing. */
export function openapiApi(document: URL = DOCUMENT) {
  const version = JSON.stringify(packageVersion());
  const text = readFileSync(document, 'utf8').replace(JSON.stringify(NO_VERSION), () => version);
  const answer: Answer = { status: 200, type: 'application/json', text };
  return { 'GET /api/openapi.json': () => answer } satisfies Record<string, Handler>;
}
