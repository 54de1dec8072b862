/** The phone's first line: find, and what else is asked for from every page. */
import { Link } from '@tanstack/react-router';
import { t } from '@/i18n';
import { Logo } from '@/ui/Logo';
import css from './shell.module.css';
import { Tools } from './Tools';

export function TopBar() {
  return (
    <header className={css.top}>
      <Link to="/" aria-label={t('home')} className={css.home}>
        <Logo size={26} />
      </Link>
      <Tools />
    </header>
  );
}
