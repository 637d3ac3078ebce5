import type { Intent, Scenario, Step } from '../scenario.ts';

type Tool = NonNullable<Step['tool']>;
type Schema = Readonly<Record<string, unknown>>;

/** The scenario's own use of a tool, with what follows it; undefined for one that it has no use for. */
export function toolNamed({ intents }: Scenario, name: string): Tool | undefined {
  return intents.map(({ step }: Intent) => within(step, name)).find((tool) => tool !== undefined);
}

function within({ tool }: Step, name: string): Tool | undefined {
  if (tool === undefined || tool.name === name) return tool;
  return within(tool.ok, name) ?? within(tool.failed, name);
}

/** The least that a tool's schema takes for the fields that it requires. */
export function requiredFields(parameters: Schema = {}): Schema {
  const { required, properties } = parameters;
  if (!Array.isArray(required)) return {};
  const schemas = asSchema(properties);
  return Object.fromEntries(required.map((name) => [String(name), least(asSchema(schemas[String(name)]))]));
}

function least(schema: Schema): unknown {
  const { type, minimum, minLength } = schema;
  if ('const' in schema) return schema['const'];
  if (Array.isArray(schema['enum'])) return schema['enum'][0];
  switch (Array.isArray(type) ? type[0] : type) {
    case 'number':
    case 'integer':
      return typeof minimum === 'number' ? minimum : 0;
    case 'boolean':
      return false;
    case 'array':
      return [];
    case 'object':
      return requiredFields(schema);
    case 'null':
      return null;
    default:
      return 'none'.padEnd(typeof minLength === 'number' ? minLength : 0, '.');
  }
}

const asSchema = (value: unknown): Schema =>
  typeof value === 'object' && value !== null ? (value as Schema) : {};
