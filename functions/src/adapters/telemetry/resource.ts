/** What spans and metrics say about the process that sends them; OTEL_RESOURCE_ATTRIBUTES may add to it, and wins. */
import { detectResources, envDetector, type Resource, resourceFromAttributes } from '@opentelemetry/resources';

export type Service = { readonly name: string; readonly version: string; readonly instance: string };

export function describeProcess({ name, version, instance }: Service): Resource {
  const own = resourceFromAttributes({ 'service.name': name, 'service.version': version, 'service.instance.id': instance });
  return own.merge(detectResources({ detectors: [envDetector] }));
}
