/** A few customers that want somebody: the name, whose it is, and why it is here. */
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { KedunRecord } from '@/api/contract';
import { t } from '@/i18n';
import { CUSTOMER } from '@/path';
import { useOnPaper } from '@/records/print/paper';
import { titleOf } from '@/records/title';
import { Button } from '@/ui/Button';
import css from './insight.module.css';

type Props = {
  title: string;
  customers: KedunRecord[];
  fact: (customer: KedunRecord) => string;
  more?: ReactNode;
};

/** Enough to begin with; on a phone the next picture should be near. */
const FIRST = 6;

export function CustomerRows({ title, customers, fact, more }: Props) {
  const [all, setAll] = useState(false);
  const shown = all ? customers : customers.slice(0, FIRST);
  useOnPaper(CUSTOMER, () => shown.map((customer) => customer.id));
  return (
    <section className={css.rows}>
      <header>
        <h3>{title}</h3>
        {more}
      </header>
      <ul>
        {shown.map((customer) => (
          <li key={customer.id}>
            <Link to="/records/$object/$id" params={{ object: customer.object, id: customer.id }}>
              <b>{titleOf(customer)}</b>
              <span>
                {customer.owner?.name ?? t('owner.none')}
                <i>{fact(customer)}</i>
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {shown.length < customers.length && (
        <Button look="quiet" wide onClick={() => setAll(true)}>
          {t('board.rows.more', { n: customers.length - shown.length })}
        </Button>
      )}
    </section>
  );
}
