import { t } from '@/i18n';

export const pickerWords = () => ({
  close: t('close'),
  search: t('search'),
  empty: t('search.none'),
  loading: t('loading'),
});
