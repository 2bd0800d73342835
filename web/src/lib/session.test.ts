import { beforeEach, describe, expect, test } from 'vitest';
import { createSessionStore, type Membership, type Session, scopeOf } from './session.ts';

const bakery: Membership = { id: 'org_1', name: 'Bakery', role: 'owner' };
const mill: Membership = { id: 'org_2', name: 'Mill', role: 'viewer' };
const session: Session = {
  token: 'secret',
  user: { id: 'usr_1', email: 'ann@example.test' },
  organization: { id: bakery.id, name: bakery.name },
  organizations: [bakery, mill],
};

function storage(): Storage {
  const kept = new Map<string, string>();
  return {
    get length() {
      return kept.size;
    },
    clear: () => kept.clear(),
    key: () => null,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
}

let browser: Storage;
let events: EventTarget;
const openTab = (tab = storage()) => createSessionStore({ browser, tab, events });
const placeOf = (store: ReturnType<typeof openTab>) => store.get()?.organization.name;

beforeEach(() => {
  browser = storage();
  events = new EventTarget();
});

describe('the organization of a tab', () => {
  test('is its own: a choice in one moves no other, and new tabs begin where the last choice was', () => {
    const first = openTab();
    first.set(session);
    const second = openTab();
    second.choose(mill.id);
    events.dispatchEvent(new Event('storage'));
    expect([placeOf(first), placeOf(second), placeOf(openTab())]).toEqual(['Bakery', 'Mill', 'Mill']);
  });

  test('is kept when the tab is loaded anew and when the session is renewed', () => {
    const tab = storage();
    const store = openTab(tab);
    store.set(session);
    store.choose(mill.id);
    openTab().choose(bakery.id);
    store.set({ ...session, token: 'renewed' });
    expect([placeOf(store), placeOf(openTab(tab))]).toEqual(['Mill', 'Mill']);
  });

  test('is the first one left once a membership has ended, and none without any', () => {
    const store = openTab();
    store.set(session);
    store.know([mill]);
    expect(placeOf(store)).toBe('Mill');
    store.know([]);
    expect(store.get()?.organization).toEqual({});
  });

  test('is never one that the next person of the browser is no member of', () => {
    const tab = storage();
    const store = openTab(tab);
    store.set(session);
    store.choose(mill.id);
    store.set(null);
    store.set({ ...session, user: { id: 'usr_2', email: 'bob@example.test' }, organizations: [bakery] });
    expect(placeOf(store)).toBe('Bakery');
  });
});

test('what is shown belongs to one person in one organization', () => {
  const scopes = [
    null,
    session,
    { ...session, organization: mill },
    { ...session, user: { id: 'usr_2', email: '' } },
    { ...session, token: 'renewed' },
  ].map(scopeOf);
  expect(new Set(scopes).size).toBe(4);
  expect(scopes.at(-1)).toBe(scopes[1]);
});
