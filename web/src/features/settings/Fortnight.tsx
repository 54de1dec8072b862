/** Two weeks of the company at a glance: which days are worked. A table, so that it is read out as one. */
import { type CompanyBody, weekdays } from '@/api/admin';
import { t, tCode } from '@/i18n';
import { cx } from '@/ui/cx';
import css from './company.module.css';
import { type Day, fortnight } from './days';

export function Fortnight({
  calendar,
  minutesEast,
}: {
  calendar: CompanyBody['calendar'];
  minutesEast: number;
}) {
  const days = fortnight(calendar, minutesEast, Date.now());
  return (
    <table className={css.fortnight}>
      <caption>{t('company.fortnight')}</caption>
      <thead>
        <tr>
          {weekdays.map((day) => (
            <th key={day} scope="col">
              {tCode('company.day', day)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {[days.slice(0, 7), days.slice(7)].map((week) => (
          <tr key={week[0]?.date}>
            {week.map((day) => (
              <Cell key={day.date} day={day} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Cell({ day }: { day: Day }) {
  const said = tCode('company.cell', day.why ?? (day.works ? 'works' : 'off'));
  return (
    <td
      className={cx(day.works ? css.works : css.off, day.why && css[day.why], day.today && css.today)}
      aria-current={day.today ? 'date' : undefined}
    >
      <span aria-hidden="true">{Number(day.date.slice(8))}</span>
      <small aria-hidden="true">{day.why ? tCode('company.mark', day.why) : ''}</small>
      <span className="sr">
        {day.date} {said}
      </span>
    </td>
  );
}
