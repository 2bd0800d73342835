/** What every Identity adapter must do, run on local accounts and on the Firebase Auth emulator. `open` gives one without accounts. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Identity, IdentitySession } from '../ports/identity.ts';

const password = 'correct horse battery';
let addresses = 0;
const newAddress = (): string => {
  addresses += 1;
  return `person-${addresses}@example.test`;
};

export function describeIdentity(name: string, open: () => Promise<Identity> | Identity): void {
  describe(`${name} as Identity`, () => {
    let identity: Identity;
    beforeAll(async () => {
      identity = await open();
    });

    async function newSession(): Promise<IdentitySession> {
      const email = newAddress();
      await identity.createAccount(email, password);
      const session = await identity.signIn(email, password);
      if (session === null) throw new Error('a new account signs in');
      return session;
    }

    it('makes an account with an id of ours, and signs in to it', async () => {
      const email = newAddress();
      const account = await identity.createAccount(email, password);
      expect(account).toEqual({ userId: expect.stringMatching(/^usr_[0-9a-z]{20,}$/), email });
      expect(await identity.signIn(email, password)).toMatchObject({ userId: account?.userId, email });
    });

    it('takes each address once, however it is written', async () => {
      const email = newAddress();
      expect(await identity.createAccount(email, password)).not.toBeNull();
      expect(await identity.createAccount(email, 'another password')).toBeNull();
      expect(await identity.createAccount(email.toUpperCase(), 'another password')).toBeNull();
      expect(await identity.signIn(email, 'another password')).toBeNull();
      expect(await identity.signIn(` ${email.toUpperCase()} `, password)).toMatchObject({ email });
    });

    it('of many who ask for one address at once, one gets it', async () => {
      const email = newAddress();
      const made = await Promise.all(Array.from({ length: 5 }, (_, n) => identity.createAccount(email, `${password} ${n}`)));
      const [winner, ...others] = made.flatMap((account, n) => (account === null ? [] : [{ account, n }]));
      expect(others).toEqual([]);
      expect(await identity.signIn(email, `${password} ${winner?.n}`)).toMatchObject({ userId: winner?.account.userId });
    });

    it('does not sign in with a wrong password, an unknown address, or nothing', async () => {
      const { email } = await newSession();
      for (const [address, word] of [
        [email, 'wrong password'],
        [email, `${password} `],
        [email, password.toUpperCase()],
        ['nobody@example.test', password],
        [email, ''],
        ['', password],
        ['not an address', password],
      ] as const) {
        expect(await identity.signIn(address, word), `${address} ${word}`).toBeNull();
      }
    });

    it('a password is the exact one, in any script and of any length', async () => {
      for (const word of ['p\u00e4ssw\u00f6rd \u4e16\u754c \u{1f511}', 'x'.repeat(500), '"\\\u0001 <&>']) {
        const email = newAddress();
        await identity.createAccount(email, word);
        expect(await identity.signIn(email, word)).not.toBeNull();
        expect(await identity.signIn(email, word.slice(0, -1))).toBeNull();
      }
    });

    it('a token just issued is accepted, says whose it is, and ends later', async () => {
      const session = await newSession();
      const verified = await identity.verify(session.token);
      expect(verified).toMatchObject({ ok: true, userId: session.userId, expiresAt: session.expiresAt });
      if (!verified.ok) return;
      expect(Date.parse(verified.issuedAt)).toBeLessThan(Date.parse(verified.expiresAt));
      expect(session.token.length).toBeLessThan(4_096);
    });

    it('sessions of different accounts are told apart', async () => {
      const [one, other] = [await newSession(), await newSession()];
      expect(one.userId).not.toBe(other.userId);
      expect(await identity.verify(one.token)).toMatchObject({ userId: one.userId });
      expect(await identity.verify(other.token)).toMatchObject({ userId: other.userId });
    });

    it('refuses what is no token, and never throws for it', async () => {
      const { token } = await newSession();
      const [head = '', body = ''] = token.split('.');
      const junk = [
        '',
        '.',
        '..',
        '...',
        'null',
        'a.b.c',
        'aos_key',
        `${head}.${body}`,
        `${head}..`,
        `.${body}.`,
        token.slice(1),
      ];
      const wrapped = [
        `${token}x`,
        `${token}.`,
        ` ${token}`,
        `${token}\n`,
        `Bearer ${token}`,
        `${token},${token}`,
        `${head}=.${body}.`,
      ];
      const odd = ['\u0000', '\ud800', '\u{1f600}'.repeat(10), 'x'.repeat(100_000), `${'a'.repeat(50_000)}.b.c`, '__proto__'];
      for (const each of [...junk, ...wrapped, ...odd]) {
        expect(await identity.verify(each), each.slice(0, 60)).toMatchObject({ ok: false, reason: expect.any(String) });
      }
    });
  });
}
