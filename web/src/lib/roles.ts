/** Roles in words, and which of them one may give: at most one's own. */
import { Role } from '@automateos/shared/model/principal';

export const roleWords: Readonly<Record<Role, string>> = {
  owner: 'Owner',
  admin: 'Admin',
  editor: 'Editor',
  operator: 'Operator',
  viewer: 'Viewer',
};

export const roleDoes: Readonly<Record<Role, string>> = {
  owner: 'Owners may do everything, deleting the organization included.',
  admin: 'Admins manage members, keys, webhooks and budgets, too.',
  editor: 'Editors make and change workflows and credentials.',
  operator: 'Operators run workflows and decide approvals.',
  viewer: 'Viewers see everything and change nothing.',
};

/** The highest first. */
export function rolesUpTo(own: Role): readonly Role[] {
  return Role.options.slice(Role.options.indexOf(own));
}

export function withArticle(role: Role): string {
  return `${/^[aeiou]/.test(role) ? 'an' : 'a'} ${role}`;
}
