/** What every pod of ours keeps to: limits, probes, no root, nothing writable but what it says, no token of the cluster, one writer per volume. */
import { type Body, list, object } from './terraform-files.ts';

const probes = ['startupProbe', 'livenessProbe', 'readinessProbe'];

/** `spec` of a Deployment or StatefulSet. */
export function podFindings(spec: Body): readonly string[] {
  const pod = object(object(spec.template).spec);
  const security = object(pod.securityContext);
  const claims = list(spec.volumeClaimTemplates);
  return [
    ...(security.runAsNonRoot === true ? [] : ['pods may run as root: runAsNonRoot: true']),
    ...(object(security.seccompProfile).type === 'RuntimeDefault' ? [] : ['pods have no seccompProfile RuntimeDefault']),
    ...(pod.automountServiceAccountToken === false
      ? []
      : ['pods get a token of the cluster: automountServiceAccountToken: false']),
    ...(pod.terminationGracePeriodSeconds === undefined ? ['pods have no terminationGracePeriodSeconds'] : []),
    ...(claims.length > 0 && spec.replicas !== 1 ? ['a data folder has one owner: replicas: 1'] : []),
    ...list(pod.containers).flatMap((container) => containerFindings(object(container), pod, claims)),
  ];
}

function containerFindings(container: Body, pod: Body, claims: readonly unknown[]): readonly string[] {
  const security = object(container.securityContext);
  const { requests, limits } = object(container.resources);
  const mounts = list(container.volumeMounts).map((mount) => String(object(mount).name));
  const volumes = [
    ...list(pod.volumes).map((volume) => object(volume).name),
    ...claims.map((claim) => object(object(claim).metadata).name),
  ];
  const ports = list(container.ports).map((port) => object(port).name);
  const asked = probes
    .map((probe) => object(container[probe]))
    .flatMap((probe) => object(probe.httpGet).port ?? object(probe.tcpSocket).port ?? []);
  const at = `container ${container.name}`;
  return [
    ...probes.filter((probe) => container[probe] === undefined).map((probe) => `${at} has no ${probe}`),
    ...['cpu', 'memory'].flatMap((name) => [
      ...(object(requests)[name] === undefined ? [`${at} requests no ${name}`] : []),
      ...(object(limits)[name] === undefined ? [`${at} has no limit of ${name}`] : []),
    ]),
    ...(security.readOnlyRootFilesystem === true ? [] : [`${at} may write its root file system`]),
    ...(security.allowPrivilegeEscalation === false ? [] : [`${at} may gain rights: allowPrivilegeEscalation: false`]),
    ...(list(object(security.capabilities).drop).includes('ALL') ? [] : [`${at} keeps capabilities: drop: [ALL]`]),
    ...(String(container.image).endsWith(':latest') ? [`${at} runs an image that changes: latest`] : []),
    ...mounts.filter((name) => !volumes.includes(name)).map((name) => `${at} mounts ${name}, which is no volume`),
    ...asked
      .filter((port) => typeof port === 'string' && !ports.includes(port))
      .map((port) => `${at} is asked at the port ${port}, which it has not`),
  ];
}
