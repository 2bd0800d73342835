/**
 * Dates with IANA time zones, over luxon. Instants go in as ISO-8601 text, epoch milliseconds, or what HTTP, mail and SQL write; they
 * come out as ISO-8601 UTC. The language is always en-US, so that the same expression gives the same text on every machine.
 */
import type { JsonObject, JsonValue } from '@automateos/shared/model/json';
import type { DateTime, DateTimeUnit, DurationLikeObject } from 'luxon';

type Luxon = typeof import('luxon');
export type DateLibrary = (name: string, values: readonly JsonValue[]) => JsonValue;

const units = ['year', 'quarter', 'month', 'week', 'day', 'hour', 'minute', 'second', 'millisecond'] as const;
const maxText = 200;

export function dateLibrary(luxon: Luxon): DateLibrary {
  const zone = (value: JsonValue | undefined): string => {
    const name = value === undefined || value === null ? 'utc' : short(value, 'time zone');
    if (!luxon.IANAZone.isValidZone(name) && !/^utc([+-]\d{1,2}(:\d\d)?)?$/i.test(name))
      throw new Error(`there is no time zone ${name}`);
    return name;
  };
  const parse = (value: JsonValue | undefined, zoneName?: JsonValue, format?: JsonValue): DateTime => {
    const options = { zone: zone(zoneName), locale: 'en-US' };
    const found = candidates(luxon, value, options, format).find((candidate) => candidate.isValid);
    if (!found) throw new Error('this is not a date');
    return found.setZone(options.zone);
  };
  return (name, values) => {
    const [first, second, third] = values;
    switch (name) {
      case 'parse':
        return isJsonObject(second) ? utc(parse(first, second.zone, second.format)) : utc(parse(first));
      case 'format':
        return parse(first, third).toFormat(second === undefined || second === null ? 'yyyy-LL-dd' : short(second, 'format'));
      case 'add':
        return typeof second === 'number'
          ? utc(parse(first, values[3]).plus({ [plural(third)]: second }))
          : utc(parse(first, third).plus(duration(second)));
      case 'diff': {
        const key = plural(third ?? 'day');
        return parse(first, values[3]).diff(parse(second, values[3]), key).as(key);
      }
      case 'startOf':
        return utc(parse(first, third).startOf(unit(second)));
      case 'endOf':
        return utc(parse(first, third).endOf(unit(second)));
      case 'parts':
        return parts(parse(first, second));
      default:
        throw new Error('there is no such function');
    }
  };
}

function candidates(
  luxon: Luxon,
  value: JsonValue | undefined,
  options: { readonly zone: string; readonly locale: string },
  format: JsonValue | undefined,
): DateTime[] {
  const { DateTime } = luxon;
  if (typeof value === 'number') return [DateTime.fromMillis(value, options)];
  const written = short(value, 'date');
  if (format !== undefined && format !== null) return [DateTime.fromFormat(written, short(format, 'format'), options)];
  return [
    DateTime.fromISO(written, options),
    DateTime.fromRFC2822(written, options),
    DateTime.fromHTTP(written, options),
    DateTime.fromSQL(written, options),
  ];
}

/** Not imported: the children that run scripts may read no package that they can do without. */
function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function utc(date: DateTime): string {
  const text = date.toUTC().toISO();
  if (text === null) throw new Error('this date cannot be represented');
  return text;
}

function short(value: JsonValue | undefined, what: string): string {
  if (typeof value !== 'string') throw new Error(`the ${what} must be a text`);
  if (value.length > maxText) throw new Error(`the ${what} is longer than ${maxText} characters`);
  return value;
}

function unit(value: JsonValue | undefined): DateTimeUnit {
  const name = typeof value === 'string' ? value.replace(/s$/, '') : '';
  const found = units.find((one) => one === name);
  if (!found) throw new Error(`the unit is one of ${units.join(', ')}`);
  return found;
}

function plural(value: JsonValue | undefined): keyof DurationLikeObject & string {
  return `${unit(value)}s`;
}

function duration(value: JsonValue | undefined): DurationLikeObject {
  if (!isJsonObject(value)) throw new Error('an amount is written {days: 1, hours: 2} or 1, "day"');
  const result: DurationLikeObject = {};
  for (const [key, amount] of Object.entries(value)) {
    if (typeof amount !== 'number') throw new Error(`${key} must be a number`);
    result[plural(key)] = amount;
  }
  return result;
}

function parts(date: DateTime): JsonValue {
  const { year, quarter, month, day, hour, minute, second, millisecond, weekday, weekNumber, offset } = date;
  return { year, quarter, month, day, hour, minute, second, millisecond, weekday, week: weekNumber, offsetMinutes: offset };
}
