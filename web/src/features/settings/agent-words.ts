/** A browser's User-Agent in two words, as far as it tells; a program's own name as it is. */
const browsers = [
  ['Edg/', 'Edge'],
  ['OPR/', 'Opera'],
  ['Firefox/', 'Firefox'],
  ['Chrome/', 'Chrome'],
  ['Safari/', 'Safari'],
] as const;
const systems = [
  ['Android', 'Android'],
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Mac OS X', 'macOS'],
  ['Windows', 'Windows'],
  ['CrOS', 'ChromeOS'],
  ['Linux', 'Linux'],
] as const;

export function agentWords(agent: string): string {
  const browser = browsers.find(([sign]) => agent.includes(sign))?.[1];
  if (browser === undefined) return agent === '' ? 'Unknown program' : agent.slice(0, 60);
  const system = systems.find(([sign]) => agent.includes(sign))?.[1];
  return system === undefined ? browser : `${browser} on ${system}`;
}
