import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { api } from '@/api/client';
import { Problem } from '@/api/problem';
import { queryClient } from '@/api/queries';
import { loadLanguage, t, useLanguage } from '@/i18n';
import { ourPath } from '@/path';
import { Logo } from '@/ui/Logo';
import { SignInForm } from './SignInForm';
import css from './sessions.module.css';

const route = getRouteApi('/sign-in');

/** The refusal of an anonymous `GET /me` says whether this is a demo. */
const demoQuery = {
  queryKey: ['demo'],
  queryFn: async () => {
    try {
      await api.get('/me', { anonymous: true });
    } catch (problem) {
      if (problem instanceof Problem) return problem.body.demo === true;
    }
    return false;
  },
  staleTime: Number.POSITIVE_INFINITY,
};

export function SignInPage() {
  const router = useRouter();
  const { to } = route.useSearch();
  const demo = useQuery(demoQuery);
  const language = useLanguage();
  return (
    <main className={css.page}>
      <div className={css.card}>
        <div className={css.brand}>
          <Logo size={48} />
          <div>
            <h1>{t('brand')}</h1>
            <p>{t('brand.motto')}</p>
          </div>
        </div>
        <SignInForm
          onDone={() => {
            queryClient.clear();
            router.history.push(ourPath(to));
          }}
        />
        {demo.data && <p className={css.demo}>{t('signin.demo')}</p>}
      </div>
      <p className={css.foot}>
        <button type="button" onClick={() => void loadLanguage(language === 'en' ? 'zh-CN' : 'en')}>
          {language === 'en' ? '简体中文' : 'English'}
        </button>
      </p>
    </main>
  );
}
