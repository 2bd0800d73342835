/** Every REST route, one router per noun. */
import type { Route } from '../http/route.ts';
import { apiKeyRoutes } from './api-keys.ts';
import { authRoutes } from './auth.ts';
import type { RestContext } from './rest-context.ts';
import { workflowVersionRoutes } from './workflow-versions.ts';
import { workflowRoutes } from './workflows.ts';

export function restRoutes(context: RestContext): readonly Route[] {
  return [...authRoutes(context), ...apiKeyRoutes(context), ...workflowRoutes(context), ...workflowVersionRoutes(context)];
}
