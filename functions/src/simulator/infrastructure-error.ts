import { AppError } from '@automateos/shared/model/app-error';
import { StoreUnavailable } from '@automateos/shared/ports/document-store';
import { Violation } from './violation.ts';

/** What a caller may see when a service is down: no defect of the engine. */
export function isInfrastructureError(error: unknown): boolean {
  if (error instanceof Violation) return false;
  if (error instanceof StoreUnavailable || error instanceof AppError) return true;
  return error instanceof Error && error.constructor === Error;
}
