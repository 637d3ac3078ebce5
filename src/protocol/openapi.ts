/**
 * OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.1.html), as far as our own
 * document has it: `GET /api/openapi.json`.
 */

import { z } from 'zod';

/** JSON Schema, draft 2020-12. */
const JsonSchema = z.record(z.string(), z.unknown());

const Parameter = z.strictObject({
  name: z.string(),
  in: z.enum(['path', 'query', 'header']),
  required: z.boolean(),
  description: z.string().optional(),
  schema: JsonSchema,
});
export type Parameter = z.infer<typeof Parameter>;

/** By media type. */
const Content = z.record(z.string(), z.strictObject({ schema: JsonSchema }));

const OpenApiResponse = z.strictObject({ description: z.string(), content: Content.optional() });
export type OpenApiResponse = z.infer<typeof OpenApiResponse>;

export const Operation = z.strictObject({
  operationId: z.string(),
  tags: z.array(z.string()),
  summary: z.string(),
  /** Empty: whoever asks is answered. */
  security: z.array(z.record(z.string(), z.array(z.string()))),
  parameters: z.array(Parameter),
  requestBody: z.strictObject({ required: z.boolean(), content: Content }).optional(),
  /** By status; `default` is every other one. */
  responses: z.record(z.string(), OpenApiResponse),
});
export type Operation = z.infer<typeof Operation>;

export const OpenApi = z.strictObject({
  openapi: z.literal('3.1.1'),
  info: z.strictObject({ title: z.string(), version: z.string(), description: z.string() }),
  /** By path, then by method in small letters. */
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.strictObject({
    schemas: z.record(z.string(), JsonSchema),
    securitySchemes: z.record(z.string(), z.record(z.string(), z.string())),
  }),
});
export type OpenApi = z.infer<typeof OpenApi>;
