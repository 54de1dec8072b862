/** Approve or reject exactly what is shown: the decision carries the hash of the snapshot. */
import { useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { api, seg } from '@/api/client';
import type { Task } from '@/api/contract';
import { isProblem, Problem } from '@/api/problem';
import { objectQuery, queryClient } from '@/api/queries';
import { t, tCode } from '@/i18n';
import { useFilterWords } from '@/records/filterText';
import { focusOn } from '@/records/form/useForm';
import { useHere } from '@/records/form/useHere';
import { useKeptText } from '@/records/form/useKeptText';
import { problemText, toastProblem } from '@/records/problemText';
import { Button } from '@/ui/Button';
import { Field } from '@/ui/Field';
import { TextArea } from '@/ui/Input';
import { Sheet } from '@/ui/Sheet';
import { Tag } from '@/ui/Tag';
import { toast } from '@/ui/toast';
import { ApprovalPath } from './ApprovalPath';
import css from './approvals.module.css';
import { ComparisonView } from './Comparison';
import { isForMe, isOpen, snapshotRows } from './snapshot';

const COMMENT = 'decision-comment';

export function TaskSheet({ task, onClose }: { task: Task; onClose: () => void }) {
  const name = typeof task.snapshot?.object === 'string' ? task.snapshot.object : '';
  const object = useQuery({ ...objectQuery(name), enabled: name !== '', retry: false });
  const said = useFilterWords(name);
  const [comment, setComment, dropComment] = useKeptText(`task:${task.id}`);
  const [busy, setBusy] = useState<'approve' | 'reject' | null>(null);
  const here = useHere();
  const [error, setError] = useState<string | null>(null);
  const [missing, setMissing] = useState<string | null>(null);
  const failure = useRef<HTMLParagraphElement>(null);
  const open = isOpen(task);
  const forMe = isForMe(task);

  /** On a phone both the field and what is said of it lie below the fold, under the buttons. */
  function askComment(why: string) {
    setMissing(why);
    focusOn(COMMENT);
  }

  async function decide(decision: 'approve' | 'reject') {
    if (decision === 'reject' && !comment.trim()) return askComment(t('approvals.comment.needed'));
    setBusy(decision);
    setError(null);
    setMissing(null);
    try {
      await api.post(`/tasks/${seg(task.id)}/decisions`, {
        decision,
        snapshot_hash: task.snapshot_hash,
        ...(comment.trim() ? { comment: comment.trim() } : {}),
      });
      dropComment();
      toast(t(`approvals.decided.${decision}`));
      if (here.current) onClose();
    } catch (problem) {
      const settled = isProblem(problem) && problem.code === 'already_decided';
      if (!here.current && !settled) toastProblem(problem);
      // A second click, or somebody else's first one: the request is settled, and its state says how.
      if (settled) {
        toast(problemText(problem));
        if (here.current) onClose();
      } else {
        const about = problem instanceof Problem ? problem.forField('comment') : null;
        if (about) askComment(about);
        else {
          setError(problemText(problem));
          requestAnimationFrame(() => failure.current?.scrollIntoView({ block: 'center' }));
        }
        setBusy(null);
        void queryClient.invalidateQueries({ queryKey: ['comparison', task.id] });
      }
    }
    void queryClient.invalidateQueries({ queryKey: ['tasks'] });
    void queryClient.invalidateQueries({ queryKey: ['today'] });
  }

  return (
    <Sheet
      title={tCode('task.kind', task.kind)}
      closeWord={t('close')}
      onClose={onClose}
      footer={
        forMe ? (
          <>
            <Button
              look="danger"
              busy={busy === 'reject'}
              disabled={busy !== null}
              onClick={() => void decide('reject')}
            >
              {t('action.reject')}
            </Button>
            <Button
              look="primary"
              busy={busy === 'approve'}
              disabled={busy !== null}
              onClick={() => void decide('approve')}
            >
              {t('action.approve')}
            </Button>
          </>
        ) : undefined
      }
      wide
    >
      <ApprovalPath task={task} />
      <dl className={css.facts}>
        {snapshotRows(task, object.data?.label, said).map((row) => (
          <div key={row.key}>
            <dt>{row.label}</dt>
            <dd>{row.clear ? <Tag tone="cinnabar">{row.value}</Tag> : row.value}</dd>
          </div>
        ))}
        {task.comment && (
          <div>
            <dt>{t('approvals.said')}</dt>
            <dd>{task.comment}</dd>
          </div>
        )}
      </dl>
      <p className={css.hash}>
        {t('approvals.hash', { hash: task.snapshot_hash.replace(/^sha256:/, '').slice(0, 12) })}
      </p>
      <ComparisonView task={task} object={object.data} />
      {error && (
        <p ref={failure} className={css.error} role="alert">
          {error}
        </p>
      )}
      {open && task.mine && <p className={css.meta}>{t('approvals.own')}</p>}
      {forMe && (
        <Field id={COMMENT} label={t('approvals.comment')} error={missing}>
          {(control) => (
            <TextArea
              {...control}
              value={comment}
              maxLength={500}
              onChange={(event) => {
                setComment(event.target.value);
                setMissing(null);
              }}
            />
          )}
        </Field>
      )}
    </Sheet>
  );
}
