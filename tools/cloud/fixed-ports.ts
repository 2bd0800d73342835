/**
 * Ports where nothing can be told at run time: the containers of infra/docker/docker-compose.cloud.yml share one network, and each must know the others
 * before they start. The check of compose files holds that file against this one.
 */
import type { Topology } from './read-topology.ts';

const servicePorts = {
  /** Answers once everything of Google's is there. */
  ready: 9100,
  firestore: 9101,
  pubsub: 9102,
  auth: 9103,
  tasks: 9104,
  scheduler: 9105,
  kms: 9106,
  storage: 9107,
  issuer: 9108,
  hosting: 9109,
} as const;

const firstFunctionPort = 9111;
export const frontPort = 8080;

export type FixedPorts = typeof servicePorts & { readonly functions: Readonly<Record<string, number>> };

export function fixedPorts({ functions }: Pick<Topology, 'functions'>): FixedPorts {
  const names = Object.keys(functions);
  return { ...servicePorts, functions: Object.fromEntries(names.map((name, at) => [name, firstFunctionPort + at])) };
}
