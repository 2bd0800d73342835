/** What a benchmark says: numbers with their units, beside the ceiling of the same run and the figure that was meant. */
export type Measure = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The same work by the bare node:http + node:sqlite loop, in the same run. */
  readonly ceiling?: number;
  /** `value` in relation to `ceiling`; above 1 is worse for times, better for rates. */
  readonly ratio?: number;
  /** What we mean to reach, as a sentence, and whether this run did. */
  readonly target?: string;
  readonly met?: boolean;
};

type Limit = {
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly ratioAtLeast?: number;
  readonly ratioAtMost?: number;
};

export function measure(name: string, value: number, unit: string, limit: Limit = {}, ceiling?: number): Measure {
  const ratio = ceiling === undefined ? undefined : value / ceiling;
  const verdicts: boolean[] = [];
  const words: string[] = [];
  const judge = (ok: boolean, text: string): void => {
    verdicts.push(ok);
    words.push(text);
  };
  if (limit.atLeast !== undefined) judge(value >= limit.atLeast, `>= ${limit.atLeast} ${unit}`);
  if (limit.atMost !== undefined) judge(value <= limit.atMost, `<= ${limit.atMost} ${unit}`);
  if (limit.ratioAtLeast !== undefined) judge((ratio ?? 0) >= limit.ratioAtLeast, `>= ${limit.ratioAtLeast} of the ceiling`);
  if (limit.ratioAtMost !== undefined)
    judge((ratio ?? Infinity) <= limit.ratioAtMost, `<= ${limit.ratioAtMost} times the ceiling`);
  return {
    name,
    value: round(value),
    unit,
    ...(ceiling === undefined ? {} : { ceiling: round(ceiling) }),
    ...(ratio === undefined ? {} : { ratio: round(ratio) }),
    ...(words.length === 0 ? {} : { target: words.join(', '), met: verdicts.every(Boolean) }),
  };
}

function round(value: number): number {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 1 ? 2 : 3;
  return Number(value.toFixed(digits));
}
