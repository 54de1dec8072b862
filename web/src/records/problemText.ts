/** One sentence for a failed call: the server's if it gave one, ours if it could not be reached. */
import type { Problem } from '@/api/problem';
import { Problem as ProblemClass } from '@/api/problem';
import { t } from '@/i18n';
import { toast } from '@/ui/toast';

export function problemText(error: unknown): string {
  if (!(error instanceof ProblemClass)) return t('problem.unknown');
  const problem: Problem = error;
  if (problem.code === 'offline') return t('problem.offline');
  if (problem.body.detail) return problem.body.detail;
  if (problem.body.title) return problem.body.title;
  return t('problem.status', { n: problem.status });
}

export function toastProblem(error: unknown): void {
  // Said where no form stands, so nothing that was typed is on screen.
  const away = error instanceof ProblemClass && error.code === 'offline';
  toast(away ? t('problem.offline.away') : problemText(error), 'failed');
}
