/** What an instance of a function has, which is what is billed while it works. */
import topology from '../../../../infra/topology.json' with { type: 'json' };

export function instanceSize(name: string): { readonly vcpus: number; readonly memoryMib: number } {
  const sizes: Readonly<Record<string, { readonly cpu: number; readonly memoryMiB: number }>> = topology.functions;
  const { cpu, memoryMiB } = sizes[name] ?? topology.functions.worker;
  return { vcpus: cpu, memoryMib: memoryMiB };
}
