import { packageVersion } from '../../version.ts';
import { json } from './answer.ts';
import { openApiDocument } from './openapi-document.ts';
import type { Handler } from './routes.ts';

/** The API as it describes itself. The description is made when it is first asked for: some 70 ms. */
export function openapiApi() {
  let document: ReturnType<typeof openApiDocument> | undefined;
  return {
    'GET /api/openapi.json': () => {
      document ??= openApiDocument(packageVersion());
      return json(200, document);
    },
  } satisfies Record<string, Handler>;
}
