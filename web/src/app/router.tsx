/** Routes. Every filter, selected step and tab is in the address, so that a link shows what the sender saw. */
import { createBrowserRouter, Navigate, type RouteObject } from 'react-router';
import { NotFoundPage } from './not-found-page.tsx';
import { RouteFault } from './route-fault.tsx';
import { Shell } from './shell.tsx';

const settingsRoutes: RouteObject[] = [
  {
    index: true,
    lazy: async () => ({ Component: (await import('../features/settings/settings-page.tsx')).SettingsPage }),
  },
  {
    path: 'security',
    lazy: async () => ({ Component: (await import('../features/settings/security-page.tsx')).SecurityPage }),
  },
  {
    path: 'organization',
    lazy: async () => ({ Component: (await import('../features/settings/organization-page.tsx')).OrganizationPage }),
  },
  {
    path: 'members',
    lazy: async () => ({ Component: (await import('../features/settings/members-page.tsx')).MembersPage }),
  },
  {
    path: 'credentials',
    lazy: async () => ({ Component: (await import('../features/settings/credentials-page.tsx')).CredentialsPage }),
  },
  {
    path: 'api-keys',
    lazy: async () => ({ Component: (await import('../features/settings/api-keys-page.tsx')).ApiKeysPage }),
  },
  {
    path: 'usage',
    lazy: async () => ({ Component: (await import('../features/settings/quotas-page.tsx')).QuotasPage }),
  },
  {
    path: 'audit-log',
    lazy: async () => ({ Component: (await import('../features/settings/audit-log-page.tsx')).AuditLogPage }),
  },
  {
    path: 'webhooks-out',
    lazy: async () => ({ Component: (await import('../features/settings/endpoints-page.tsx')).EndpointsPage }),
  },
  {
    path: 'webhooks-out/:endpointId',
    lazy: async () => ({ Component: (await import('../features/settings/endpoint-page.tsx')).EndpointPage }),
  },
];

export function createConsoleRouter(): ReturnType<typeof createBrowserRouter> {
  return createBrowserRouter([
    {
      errorElement: <RouteFault />,
      HydrateFallback: () => null,
      children: [
        {
          path: '/sign-in',
          lazy: async () => ({ Component: (await import('../features/sign-in/sign-in-page.tsx')).SignInPage }),
        },
        {
          path: '/join',
          lazy: async () => ({ Component: (await import('../features/sign-in/join-page.tsx')).JoinPage }),
        },
        {
          path: '/forgot-password',
          lazy: async () => ({ Component: (await import('../features/sign-in/forgot-password-page.tsx')).ForgotPasswordPage }),
        },
        {
          path: '/reset-password',
          lazy: async () => ({ Component: (await import('../features/sign-in/reset-password-page.tsx')).ResetPasswordPage }),
        },
        {
          path: '/verify-email',
          lazy: async () => ({ Component: (await import('../features/sign-in/verify-email-page.tsx')).VerifyEmailPage }),
        },
        {
          element: <Shell />,
          children: [
            { index: true, element: <Navigate to="/workflows" replace /> },
            {
              path: '/workflows',
              lazy: async () => ({ Component: (await import('../features/workflows/workflows-page.tsx')).WorkflowsPage }),
            },
            {
              path: '/workflows/new',
              lazy: async () => ({ Component: (await import('../features/workflows/new-workflow-page.tsx')).NewWorkflowPage }),
            },
            {
              path: '/workflows/import',
              lazy: async () => ({ Component: (await import('../features/import/import-page.tsx')).ImportPage }),
            },
            {
              path: '/workflows/:workflowId',
              lazy: async () => ({ Component: (await import('../features/workflows/workflow-page.tsx')).WorkflowPage }),
            },
            {
              path: '/executions',
              lazy: async () => ({ Component: (await import('../features/executions/executions-page.tsx')).ExecutionsPage }),
            },
            {
              path: '/executions/:executionId',
              lazy: async () => ({ Component: (await import('../features/executions/execution-page.tsx')).ExecutionPage }),
            },
            {
              path: '/approvals/:approvalId?',
              lazy: async () => ({ Component: (await import('../features/approvals/approvals-page.tsx')).ApprovalsPage }),
            },
            {
              path: '/dead-letters/:letterId?',
              lazy: async () => ({ Component: (await import('../features/dead-letters/dead-letters-page.tsx')).DeadLettersPage }),
            },
            {
              path: '/settings',
              lazy: async () => ({ Component: (await import('../features/settings/settings-layout.tsx')).SettingsLayout }),
              children: settingsRoutes,
            },
            { path: '*', element: <NotFoundPage /> },
          ],
        },
      ],
    },
  ]);
}
