import { anyJson } from '@automateos/shared/model/any-json';

/** A value out of JSON.parse: it is JSON by construction and may be large, so it is not walked again. */
export const AnyValue = anyJson('Any JSON value');
