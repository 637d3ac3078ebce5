import type { Request, RequestHandler, Response } from 'express';
import type { ConsoleFile, ConsoleFiles } from './console-files.ts';
import { isKnown } from './entity-tag.ts';

/** Addresses that the page itself understands: they all answer the page. Anything else is not there, and a browser is shown so. */
const PAGES =
  /^\/(?:calls(?:\/[A-Za-z0-9]{1,64})?|file|chart|agents(?:\/[a-z0-9_-]{1,64})?|softphone|audit)?$/;

const NOT_BUILT = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Callchart</title>
<h1>The console is not built</h1>
<p>The engine runs and takes calls. Its page is made by <code>npm run build</code>; start the engine again after it.</p>
`;

/**
 * Answers the console's page and its files; what it does not know it passes on.
 * The address of a page is for the page to understand: each answers the same file.
 *
 * @param files - undefined: it was not built, and the page says so.
 * @param carrierPrefix - beneath it there are no pages.
 */
export function consolePage(files: ConsoleFiles | undefined, carrierPrefix: string): RequestHandler {
  const noPages = [carrierPrefix, '/api', '/metrics', '/assets'];
  /** True for a browser's navigation to an address outside the API (https://www.w3.org/TR/fetch-metadata/). */
  const isForViewer = ({ headers, path }: Request) =>
    headers['sec-fetch-dest'] === 'document' &&
    !noPages.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));

  return (request, response, next) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      next();
      return;
    }
    const isPage = PAGES.test(request.path);
    if (files === undefined && isPage) {
      response.status(503).setHeader('Content-Type', 'text/html; charset=utf-8');
      response.setHeader('Cache-Control', 'no-store').end(NOT_BUILT);
      return;
    }
    const file = files?.get(isPage ? '/index.html' : request.path);
    if (file !== undefined) {
      send(file, request, response);
      return;
    }
    const page = isForViewer(request) ? files?.get('/index.html') : undefined;
    if (page === undefined) next();
    else send(page, request, response, 404);
  };
}

function send(file: ConsoleFile, request: Request, response: Response, status = 200): void {
  response.setHeader('ETag', file.etag);
  response.setHeader(
    'Cache-Control',
    file.isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache', // A year, as RFC 9111 has it at most.
  );
  if (file.zipped !== undefined) response.setHeader('Vary', 'Accept-Encoding');
  if (status === 200 && isKnown(request.headers['if-none-match'], file.etag)) {
    response.status(304).end();
    return;
  }
  response.status(status).setHeader('Content-Type', file.type);
  const zipped = request.acceptsEncodings('gzip') === 'gzip' ? file.zipped : undefined;
  if (zipped !== undefined) response.setHeader('Content-Encoding', 'gzip');
  const bytes = zipped ?? file.bytes;
  response.setHeader('Content-Length', bytes.length);
  response.end(request.method === 'HEAD' ? undefined : bytes);
}
