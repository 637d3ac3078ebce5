/** One metric of an exposition, with the labels that any of its samples has. */
interface Metric {
  readonly name: string;
  help: string | undefined;
  type: string | undefined;
  readonly labels: Set<string>;
  readonly samples: Set<string>;
}

/** Units that are no base units (promlint, `units.go`), and how people shorten them. */
const OTHER_UNITS =
  /_(?:nano|micro|milli)seconds|_(?:minutes?|hours?|days|weeks|kilobytes|megabytes|gigabytes|kibibytes|mebibytes|bits|percent|fahrenheit|milliamperes|kilometers)(?:_|$)/;
const SHORT_UNITS = /_(?:ns|us|ms|sec|s|m|h|d|b|kb|mb|gb|tb|pb)(?:_|$)/;
const TYPES = /(?:^|_)(?:gauge|counter|histogram|summary|untyped)(?:_|$)/;
const FAMILY = /_(?:bucket|sum|count)$/;

/**
 * What `promtool check metrics` finds wrong with an exposition, by the rules of its linter (promlint).
 * @returns a line for each problem; none: it is sound.
 */
export function metricProblems(exposition: string): readonly string[] {
  return [...readMetrics(exposition)].flatMap(([name, metric]) =>
    problemsOf(metric).map((problem) => `${name}: ${problem}`),
  );
}

function problemsOf({ name, help, type, labels, samples }: Metric): string[] {
  const rules: readonly (readonly [isBroken: boolean, problem: string])[] = [
    [help === undefined || help === '', 'has no help text'],
    [type === undefined, 'has no type'],
    [type === 'counter' && !name.endsWith('_total'), 'is a counter without the suffix _total'],
    [type !== 'counter' && name.endsWith('_total'), 'has the suffix _total and is no counter'],
    [/_(?:count|sum|bucket|info)$/.test(name) && type !== 'gauge', 'has a suffix of a family'],
    [type === 'gauge' && FAMILY.test(name), 'is a gauge with a suffix of a family'],
    [type !== 'histogram' && labels.has('le'), 'has the label le and is no histogram'],
    [type !== 'summary' && labels.has('quantile'), 'has the label quantile and is no summary'],
    [name.includes(':'), 'has a colon, which is for rules'],
    [[name, ...labels].some((word) => /[a-z][A-Z]/.test(word)), 'is written in camelCase'],
    [TYPES.test(name), 'has its type in its name'],
    [OTHER_UNITS.test(name), 'is not in base units'],
    [SHORT_UNITS.test(name), 'has a unit that is cut short'],
    [samples.has('twice'), 'tells a sample twice'],
  ];
  return rules.filter(([isBroken]) => isBroken).map(([, problem]) => problem);
}

function readMetrics(exposition: string): ReadonlyMap<string, Metric> {
  const metrics = new Map<string, Metric>();
  const named = (name: string): Metric => {
    const found = metrics.get(name) ?? {
      name,
      help: undefined,
      type: undefined,
      labels: new Set(),
      samples: new Set(),
    };
    metrics.set(name, found);
    return found;
  };
  for (const line of exposition.split('\n').filter((text) => text !== '')) {
    const [, what, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line) ?? [];
    if (what === 'HELP') named(name).help = rest;
    else if (what === 'TYPE') named(name).type = rest;
    else {
      const [sample = ''] = line.split(/ (?=[^ ]+$)/);
      const [own = ''] = sample.split('{');
      const family = own.replace(FAMILY, '');
      const metric = named(metrics.has(own) || !metrics.has(family) ? own : family);
      metric.samples.add(metric.samples.has(sample) ? 'twice' : sample);
      for (const [, label = ''] of sample.matchAll(/[{,]([A-Za-z_]\w*)="/g)) metric.labels.add(label);
    }
  }
  return metrics;
}
