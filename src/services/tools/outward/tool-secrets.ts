/** Where a secret would go: to a URL, or into the environment of a program that a profile's file starts. */
export type SecretTarget = URL | typeof PROGRAM;

/** How the operator names programs in the place of a host; no host is written like that. */
export const PROGRAM = '@program';

/**
 * The secrets that profiles may name, each with where it may go. A profile can
 * be written through the API, and its URLs with it: so the operator says in the
 * environment which secret belongs to which host, and it goes nowhere else.
 */
export class ToolSecrets {
  readonly #values: ReadonlyMap<string, string>;
  readonly #places: ReadonlyMap<string, ReadonlySet<string>>;

  /**
   * @param values - by the names of their variables.
   * @param places - of each variable the hosts, in lower case, with a port where only that one is meant; or `PROGRAM`.
   */
  constructor(values: ReadonlyMap<string, string>, places: ReadonlyMap<string, readonly string[]>) {
    this.#values = values;
    this.#places = new Map([...places].map(([name, hosts]) => [name, new Set(hosts)]));
  }

  /** Why a secret may not go there; undefined when it may. */
  problemOf(name: string, target: SecretTarget): string | undefined {
    if (!this.#values.has(name)) return `${name} is not set`;
    const places = this.#places.get(name);
    if (places === undefined) return `${name} has no host: name its hosts in TOOLS_SECRET_HOSTS`;
    if (namesOf(target).some((place) => places.has(place))) return undefined;
    const there =
      target === PROGRAM ? `a program: add ${name}=${PROGRAM}` : `${target.host}: add ${name}=${target.host}`;
    return `${name} is not allowed for ${there} to TOOLS_SECRET_HOSTS`;
  }

  /** The secret; undefined when it may not go there. */
  valueFor(name: string, target: SecretTarget): string | undefined {
    return this.problemOf(name, target) === undefined ? this.#values.get(name) : undefined;
  }
}

function namesOf(target: SecretTarget): string[] {
  if (target === PROGRAM) return [PROGRAM];
  const { hostname, protocol, port } = target;
  return [hostname, `${hostname}:${port === '' ? (protocol === 'https:' ? '443' : '80') : port}`];
}
