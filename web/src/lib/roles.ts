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
  owner: 'Everything, and deletes the organization.',
  admin: 'Manages members, keys, webhooks and budgets.',
  editor: 'Makes and changes workflows and credentials.',
  operator: 'Runs workflows, decides approvals, redrives.',
  viewer: 'Sees everything, changes nothing.',
};

/** The highest first. */
export function rolesUpTo(own: Role): readonly Role[] {
  return Role.options.slice(Role.options.indexOf(own));
}

export function withArticle(role: Role): string {
  return `${/^[aeiou]/.test(role) ? 'an' : 'a'} ${role}`;
}
