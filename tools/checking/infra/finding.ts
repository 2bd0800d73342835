/** What a check of the infrastructure's files finds: a file and what is wrong in it. */
export type Finding = { readonly file: string; readonly message: string };

export type InfraReport = {
  readonly findings: readonly Finding[];
  /** What this machine could not check, and what it lacks for it. */
  readonly notes?: readonly string[];
};

export type InfraCheck = { readonly name: string; readonly run: (root: string) => InfraReport | Promise<InfraReport> };
