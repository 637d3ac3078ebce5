import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { OpenApi, Operation } from '../../src/protocol/openapi.ts';
import { openApiDocument } from '../../src/services/http/openapi-document.ts';

export interface SeenAnswer {
  readonly method: string;
  /** As it was asked for, with the query. */
  readonly target: string;
  readonly status: number;
  readonly contentType: string | undefined;
  readonly text: string;
}

/** The parts of an OpenAPI document that are not of JSON Schema: a validator in strict mode does not know them. */
const OPENAPI_WORDS = ['openapi', 'info', 'paths', 'components'];

/** What the engine tells of its API, to check its answers by. Knows nothing of zod. */
export class DescribedApi {
  readonly document: OpenApi;
  readonly #ajv = new Ajv2020({
    strict: true,
    allowUnionTypes: true,
    validateFormats: false,
    allErrors: true,
  });

  constructor(document = openApiDocument('test')) {
    this.document = document;
    this.#ajv.addVocabulary(OPENAPI_WORDS);
    this.#ajv.addSchema(document, 'api');
  }

  /** The check of one schema of `components`. Throws when it is not one that JSON Schema 2020-12 allows. */
  schema(name: string): ValidateFunction {
    return this.#ajv.compile({ $ref: `api#/components/schemas/${name}` });
  }

  /** The operation that a request is for, by its path as the document writes it. */
  operationOf(method: string, target: string): { path: string; operation: Operation } | undefined {
    const [asked = ''] = target.split('?');
    const verb = method === 'HEAD' ? 'get' : method.toLowerCase();
    const fitting = Object.entries(this.document.paths)
      .filter(([path]) => new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(asked))
      // `/api/calls/{callSid}/recording/peaks` before what has a parameter in the same place.
      .sort(([one], [other]) => one.split('{').length - other.split('{').length);
    for (const [path, operations] of fitting) {
      const operation = operations[verb];
      if (operation !== undefined) return { path, operation };
    }
    return undefined;
  }

  /** What of an answer is not as the document says; empty when all is. Of a route that it does not have, nothing. */
  faultsOf({ method, target, status, contentType = '', text }: SeenAnswer): string[] {
    const found = this.operationOf(method, target);
    if (found === undefined || method === 'OPTIONS') return [];
    const { operation } = found;
    const isProblem = status >= 400;
    const response =
      operation.responses[String(status)] ?? (isProblem ? operation.responses['default'] : undefined);
    const named = `${method} ${found.path} ${String(status)}`;
    if (response === undefined) return [`${named} is not in the document`];
    if (method === 'HEAD') return [];
    const [type = ''] = contentType.split(';');
    if (response.content === undefined) return text === '' ? [] : [`${named} has a body`];
    const content = response.content[type];
    if (content === undefined) return [`${named} is ${type}, which is not in the document`];
    const { $ref } = content.schema;
    if (typeof $ref !== 'string') return [];
    const isValid = this.#ajv.compile({ $ref: `api${$ref}` });
    if (isValid(JSON.parse(text))) return [];
    return (isValid.errors ?? []).map(({ instancePath, message = '', params }) =>
      [named, instancePath, message, JSON.stringify(params)].join(' '),
    );
  }
}
