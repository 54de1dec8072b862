/** Says that a list ends before what it lists does: the server gives so many and no more. */
import { t } from '@/i18n';

type Props = {
  n: number | undefined;
  /** As many as the server gives. */
  most: number;
  className?: string | undefined;
  /** Set where the list does not begin with the newest. */
  words?: 'rights.first';
};

export function Newest({ n = 0, most, className, words }: Props) {
  return n < most ? null : <p className={className}>{t(words ?? 'list.newest', { n: most })}</p>;
}
