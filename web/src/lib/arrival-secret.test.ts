import { expect, test } from 'vitest';
import { createArrivalSecret } from './arrival-secret.ts';

/** As much of a window as an address needs. */
function pageAt(address: string) {
  const target = new EventTarget();
  let url = new URL(address);
  const page = {
    get location() {
      return url;
    },
    history: {
      state: null,
      replaceState: (_: unknown, __: string, next: string) => {
        url = new URL(next, url);
      },
    },
    addEventListener: target.addEventListener.bind(target),
  };
  return {
    window: page as unknown as Window, // the module reads only what is above
    address: () => url.href,
    go: (hash: string) => {
      url = new URL(hash, url);
      target.dispatchEvent(new Event('hashchange'));
    },
  };
}

test('a link’s secret leaves the address at once and is kept until it is used', () => {
  const page = pageAt('https://flows.example/join?x=1#org_1.inv_1.secret');
  const arrival = createArrivalSecret(page.window);
  expect(page.address()).toBe('https://flows.example/join?x=1');
  expect(arrival.get()).toBe('org_1.inv_1.secret');
  arrival.forget();
  expect(arrival.get()).toBeNull();
});

test('a second link in the same tab is taken like the first', () => {
  const page = pageAt('https://flows.example/reset-password#one');
  const arrival = createArrivalSecret(page.window);
  let told = 0;
  arrival.subscribe(() => {
    told += 1;
  });
  page.go('#two');
  expect([arrival.get(), told, page.address()]).toEqual(['two', 1, 'https://flows.example/reset-password']);
});

test('what stands behind # on other pages stays there', () => {
  const page = pageAt('https://flows.example/workflows#main');
  expect(createArrivalSecret(page.window).get()).toBeNull();
  expect(page.address()).toBe('https://flows.example/workflows#main');
});
