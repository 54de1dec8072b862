import { api } from '@/api/client';
import type { Language } from '@/api/contract';
import { queryClient } from '@/api/queries';
import { loadLanguage } from '@/i18n';
import { toastProblem } from '@/records/problemText';

export async function switchLanguage(next: Language): Promise<void> {
  await loadLanguage(next);
  try {
    await api.put('/me/language', { language: next });
  } catch (problem) {
    toastProblem(problem);
  }
  // Sentences of the server were in the old language.
  void queryClient.invalidateQueries();
}
