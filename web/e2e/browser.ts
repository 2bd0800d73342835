/** Finds a Chromium on this machine. The tests bring none: 80 MB for those who only want to run the rest would be rude. */
import { existsSync } from 'node:fs';

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

export const skipReason = 'The console tests need Chromium: apt-get install -y chromium, or set CHROMIUM to its path.';

export function findChromium(): string | null {
  return [process.env.CHROMIUM ?? '', ...places].find((place) => place !== '' && existsSync(place)) ?? null;
}

export const launchFlags: string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];
