/**
 * Reads Prometheus's text format 0.0.4 as strictly as its specification: every sample belongs to the TYPE before it, names and labels are
 * well-formed, a histogram's buckets rise and end in +Inf with its count. Throws for anything else.
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
export type Sample = { readonly name: string; readonly labels: Readonly<Record<string, string>>; readonly value: number };

export type Family = { readonly name: string; readonly type: string; readonly samples: readonly Sample[] };

const sampleLine = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|\+Inf|-Inf|NaN)$/;
const labelPair = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/y;

export function parsePrometheus(text: string): ReadonlyMap<string, Family> {
  if (!text.endsWith('\n')) throw new SyntaxError('the last line has no end');
  const families = new Map<string, Family & { samples: Sample[] }>();
  let current: (Family & { samples: Sample[] }) | null = null;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const type = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|summary|untyped)$/.exec(line);
    if (type) {
      const [, name = '', kind = ''] = type;
      if (families.has(name)) throw new SyntaxError(`two families ${name}`);
      current = { name, type: kind, samples: [] };
      families.set(name, current);
    } else if (!line.startsWith('#')) {
      const sample = parseSample(line);
      if (!current || !belongs(current, sample.name)) throw new SyntaxError(`a sample without its TYPE: ${line}`);
      current.samples.push(sample);
    } else if (!/^# HELP [a-zA-Z_:][a-zA-Z0-9_:]* \S/.test(line)) throw new SyntaxError(`not a comment of the format: ${line}`);
  }
  for (const family of families.values()) check(family);
  return families;
}

function parseSample(line: string): Sample {
  const match = sampleLine.exec(line);
  if (!match) throw new SyntaxError(`no sample: ${line}`);
  const [, name = '', inside = '', value = ''] = match;
  const labels: Record<string, string> = {};
  labelPair.lastIndex = 0;
  for (let at = 0; at < inside.length; at = labelPair.lastIndex) {
    const pair = labelPair.exec(inside);
    if (!pair?.[1] || pair[1] in labels) throw new SyntaxError(`no labels: ${line}`);
    labels[pair[1]] = pair[2] ?? '';
  }
  return { name, labels, value: value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value) };
}

function belongs({ name, type }: Family, sample: string): boolean {
  if (type !== 'histogram') return sample === name;
  return ['_bucket', '_sum', '_count'].some((end) => sample === `${name}${end}`);
}

function check({ name, type, samples }: Family): void {
  const keys = samples.map((sample) => JSON.stringify([sample.name, Object.entries(sample.labels).sort()]));
  if (new Set(keys).size !== keys.length) throw new SyntaxError(`a series of ${name} twice`);
  if (type === 'counter' && (!name.endsWith('_total') || samples.some(({ value }) => !(value >= 0))))
    throw new SyntaxError(`${name} is no counter`);
  if (type !== 'histogram') return;
  for (const count of samples.filter((sample) => sample.name === `${name}_count`)) {
    const buckets = samples.filter(({ labels: { le, ...labels } }) => le !== undefined && same(labels, count.labels));
    const rises = buckets.every((bucket, index) => index === 0 || bucket.value >= (buckets[index - 1]?.value ?? 0));
    const last = buckets.at(-1);
    if (!rises || last?.labels.le !== '+Inf' || last.value !== count.value)
      throw new SyntaxError(`${name} has no proper buckets`);
  }
}

function same(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
