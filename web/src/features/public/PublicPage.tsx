/** The customer's own page, without an account: notices, consents, requests and how they stand. */
import { useQuery } from '@tanstack/react-query';
import { useRouterState } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { Language, PublicCompany, PublicNotice } from '@/api/contract';
import { isGone, isProblem } from '@/api/problem';
import { loadLanguage, say, t, useLanguage } from '@/i18n';
import { dateTime } from '@/i18n/format';
import { ProblemState } from '@/records/ProblemState';
import { Button } from '@/ui/Button';
import { Icon } from '@/ui/Icon';
import { Logo } from '@/ui/Logo';
import { Segments } from '@/ui/Segments';
import { Skeleton, State } from '@/ui/State';
import { DismissWord, Toasts } from '@/ui/toast';
import { AskSection, type Texts } from './AskSection';
import { ConsentSection } from './ConsentSection';
import css from './public.module.css';
import { noticesQuery, pageQuery } from './queries';
import { StatusSection } from './StatusSection';

export function PublicPage() {
  const language = useLanguage();
  // What stands behind the # is never sent to anybody; only this page reads it.
  const company = useQuery(noticesQuery).data?.company;
  const link = useRouterState({ select: (state) => state.location.hash.trim() });
  // Here and not in the sheet, which closes with a tap beside it, nor below the key, which a change of language renews.
  // Nothing of a visitor is kept longer than the page, nor shown under another link.
  const [typed, setTyped] = useState<{ link: string; texts: Texts }>({ link, texts: {} });
  return (
    <DismissWord key={language} value={t('toast.dismiss')}>
      <div className={css.page}>
        <header className={css.top}>
          <Logo size={30} />
          <b>{say(company?.name) || t('brand.short')}</b>
          <Segments<Language>
            label={t('public.language')}
            options={[
              { key: 'zh-CN', label: '简体中文' },
              { key: 'en', label: 'English' },
            ]}
            value={language}
            onChange={(next) => void loadLanguage(next)}
          />
        </header>
        <main id="main" className={css.main}>
          <div className={css.lead}>
            <h1>{t('public.title')}</h1>
            <p>{t(link ? 'public.lead' : 'public.lead.nolink')}</p>
          </div>
          {link && (
            <Mine
              key={link}
              link={link}
              texts={typed.link === link ? typed.texts : {}}
              onTexts={(texts) => setTyped({ link, texts })}
            />
          )}
          {company?.name && company.contact && <Who company={company} />}
          <Notices open={!link} />
        </main>
        <Toasts />
      </div>
    </DismissWord>
  );
}

type MineProps = { link: string; texts: Texts; onTexts: (texts: Texts) => void };

function Mine({ link, texts, onTexts }: MineProps) {
  const page = useQuery(pageQuery(link));
  if (page.isPending) return <Skeleton rows={3} label={t('loading')} />;
  if (!page.data || isGone(page.error)) {
    if (isProblem(page.error, 'not_found'))
      return (
        <section className={css.card}>
          <State icon="lock" title={t('public.wrong')} why={t('public.wrong.why')} />
        </section>
      );
    return (
      <section className={css.card}>
        <ProblemState error={page.error} retry={() => void page.refetch()} />
      </section>
    );
  }
  return (
    <>
      <p className={css.hint}>
        <Icon name="lock" size={18} />
        <span>
          {t('public.until', { time: dateTime(page.data.expires_at) })} {t('public.private')}
        </span>
      </p>
      <div className={css.columns}>
        <ConsentSection link={link} page={page.data} />
        <AskSection link={link} page={page.data} texts={texts} onTexts={onTexts} />
      </div>
      <StatusSection link={link} page={page.data} />
    </>
  );
}

/** Who keeps the data, and whom to turn to about them. */
function Who({ company }: { company: PublicCompany }) {
  const { name, address, contact } = company;
  if (!contact) return null;
  return (
    <section className={css.section} aria-labelledby="public-company">
      <h2 id="public-company">{t('public.company')}</h2>
      <div className={css.card}>
        <b>{say(name)}</b>
        <dl className={css.facts}>
          {address && <Fact term={t('public.address')}>{address}</Fact>}
          <Fact term={t('public.contact')}>{say(contact.who)}</Fact>
          {contact.email && (
            <Fact term={t('public.email')}>
              <a href={`mailto:${contact.email}`}>{contact.email}</a>
            </Fact>
          )}
          {contact.phone && (
            <Fact term={t('public.phone')}>
              <a href={`tel:${contact.phone.replace(/[转#].*$/, '').replace(/[^\d+]/g, '')}`}>
                {contact.phone}
              </a>
            </Fact>
          )}
        </dl>
      </div>
    </section>
  );
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Notices({ open }: { open: boolean }) {
  const notices = useQuery(noticesQuery);
  return (
    <section className={css.section} aria-labelledby="public-notices">
      <h2 id="public-notices">{t('public.notices')}</h2>
      {notices.isPending && <Skeleton rows={2} label={t('loading')} />}
      {notices.error && <ProblemState error={notices.error} retry={() => void notices.refetch()} small />}
      {notices.data?.notices.map((notice, at) => (
        <NoticeCard key={notice.purpose} notice={notice} open={open && at === 0} />
      ))}
    </section>
  );
}

function NoticeCard({ notice, open }: { notice: PublicNotice; open: boolean }) {
  const [shown, setShown] = useState(open);
  return (
    <article className={css.notice}>
      <h3>
        <button type="button" aria-expanded={shown} onClick={() => setShown(!shown)}>
          <span>{say(notice.title)}</span>
          <Icon name={shown ? 'up' : 'down'} size={18} />
        </button>
      </h3>
      {shown && (
        <>
          <div className={css.body}>
            {say(notice.body)
              .trim()
              .split(/\n\s*\n/)
              .map((part) => (
                <Part key={part.slice(0, 40)} text={part} />
              ))}
          </div>
          <p className={css.tools}>
            <span className={css.small} title={notice.hash}>
              {t('public.notice.version', { n: notice.version, hash: notice.hash.slice(0, 12) })}
            </span>
            <Button small onClick={() => window.print()}>
              {t('public.print')}
            </Button>
          </p>
        </>
      )}
    </article>
  );
}

/** A chapter of a notice: its first line is its heading. */
function Part({ text }: { text: string }) {
  const [head = '', ...rest] = text.split('\n');
  return (
    <>
      <h4>{head}</h4>
      {rest.length > 0 && <p>{rest.join('\n')}</p>}
    </>
  );
}
