/** `terraform fmt -check`, where Terraform is installed. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { InfraReport } from './finding.ts';
import { terraformFolder } from './terraform-files.ts';

export function checkTerraformFormat(root: string, folder = terraformFolder): InfraReport {
  const { error, status, stdout, stderr } = spawnSync('terraform', ['fmt', '-check', '-diff', '-recursive', '-no-color'], {
    cwd: join(root, folder),
    encoding: 'utf8',
  });
  if (error !== undefined) return { findings: [], notes: ['the format of *.tf (terraform is not installed)'] };
  if (status === 0) return { findings: [] };
  const said = status === 3 ? `not as terraform fmt writes it:\n${stdout.trim()}` : stderr.trim();
  return { findings: [{ file: folder, message: said }] };
}
