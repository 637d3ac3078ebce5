import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { json } from './answer.ts';
import { openApiDocument } from './openapi-document.ts';
import type { Handler } from './routes.ts';

const MANIFEST = new URL('../../../package.json', import.meta.url);
const Manifest = z.looseObject({ version: z.string() });

/** The API as it describes itself. The description is made when it is first asked for: some 70 ms. */
export function openapiApi() {
  let document: ReturnType<typeof openApiDocument> | undefined;
  return {
    'GET /api/openapi.json': () => {
      document ??= openApiDocument(Manifest.parse(JSON.parse(readFileSync(MANIFEST, 'utf8'))).version);
      return json(200, document);
    },
  } satisfies Record<string, Handler>;
}
