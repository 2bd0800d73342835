/** Signing in, sessions, passwords and keys. */
import type { ApiFixture } from '../../api-fixture.ts';
import { type Caller, createPerson, password, signIn } from '../callers.ts';
import { none, type Rows } from '../row.ts';
import type { Tenant } from '../tenant.ts';

let serial = 0;

/** Somebody of the caller's role, who is not needed any more. */
export async function somebody(fixture: ApiFixture, tenant: Tenant, caller: Caller): Promise<{ readonly token: string }> {
  serial += 1;
  return { token: await signIn(fixture, await createPerson(fixture, tenant.org, caller.role, `throwaway-${serial}`)) };
}

export const accountRows: Rows = {
  register: { action: 'public', body: () => ({ email: 'late@example.test', password: 'long enough to pass' }), success: [403] }, // closed
  login: { action: 'public', body: () => ({ email: 'nobody@example.test', password: 'wrong' }), success: [401, 429] }, // wrong
  requestPasswordReset: { action: 'public', body: () => ({ email: 'nobody@example.test' }), success: [202, 422, 429] }, // no mail is set up
  resetPassword: {
    action: 'public',
    body: () => ({ token: 'no-such-link', password: 'long enough to pass' }),
    success: [422, 429],
  }, // no such link
  verifyEmail: { action: 'public', body: () => ({ token: 'no-such-link' }), success: [422, 429] }, // no such link
  requestEmailVerification: { action: 'account', success: [202, 422, 429] }, // no mail is set up
  getMe: { action: 'signed-in' },
  logout: { action: 'account', throwaway: somebody },
  listSessions: { action: 'account' },
  endSessions: { action: 'account', throwaway: somebody },
  endSession: {
    action: 'account',
    params: () => ({ id: 'ses_0' }),
    success: [404], // not theirs: a session is found by its own person only
  },
  listAccountActivity: { action: 'account' },
  changePassword: {
    action: 'account',
    throwaway: somebody,
    body: () => ({ current: password, next: 'another good password' }),
    success: [200, 401, 429],
  }, // strangers change none
  createPasswordResetLink: {
    action: 'installation.own',
    installation: true,
    body: ({ owner }) => ({ email: owner.email }),
    success: [201, 404],
  },
  createApiKey: { action: 'api-keys.manage', body: (_, cell) => ({ name: `key ${cell}`, role: 'viewer' }), after: deleteKey },
  listApiKeys: { action: 'api-keys.manage' },
  getApiKey: { action: 'api-keys.manage', params: ({ things }) => ({ id: things.apiKeyId }) },
  deleteApiKey: { action: 'api-keys.manage', params: async ({ make }) => ({ id: await make.apiKey() }) },
  getAdminStatus: { action: 'admin.operate', installation: true },
  getAdminStorage: { action: 'admin.operate', installation: true },
  pruneStorage: { action: 'admin.operate', installation: true, body: () => ({ dryRun: true }) },
  backUp: { action: 'admin.operate', installation: true, body: (_, cell) => ({ name: `matrix-${cell}` }) },
  rotateKeys: { action: 'keys.rotate', body: none },
};

async function deleteKey({ ask }: Tenant, { body }: { readonly body: { readonly id?: unknown } }): Promise<void> {
  await ask('DELETE', `/v1/api-keys/${body.id}`);
}
