/** Exports that fail are told to whoever logs, and are otherwise without consequence. */
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { OnExportFailure } from './export-failures.ts';

type Exporter<T> = { export(items: T, done: (result: ExportResult) => void): void };

/** The same exporter, whose failures are told. */
export function watched<T, E extends Exporter<T>>(
  exporter: E & Exporter<T>,
  signal: 'traces' | 'metrics',
  onFailure: OnExportFailure,
): E {
  const send = exporter.export.bind(exporter);
  exporter.export = (items, done) =>
    send(items, (result) => {
      if (result.code === ExportResultCode.FAILED) onFailure(signal, result.error?.message ?? 'unknown');
      done(result);
    });
  return exporter;
}
