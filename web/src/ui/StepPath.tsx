/**
 * A way in steps, drawn as one: what is done, where it stands, what comes. An ordered list, so a reader hears it in
 * order; each step has a shape and a word besides its colour.
 */
import type { ReactNode } from 'react';
import { cx } from './cx';
import { Icon } from './Icon';
import css from './StepPath.module.css';

export type StepState = 'done' | 'now' | 'next' | 'stopped';
export type PathStep = {
  key: string;
  label: string;
  state: StepState;
  /** The word for the state, for readers. */
  stateWord: string;
  detail?: ReactNode;
};

export function StepPath({ label, steps }: { label: string; steps: PathStep[] }) {
  return (
    <ol className={css.path} aria-label={label}>
      {steps.map((step) => (
        <li
          key={step.key}
          className={cx(css.step, css[step.state])}
          aria-current={step.state === 'now' ? 'step' : undefined}
        >
          <span className={css.mark} aria-hidden="true">
            {step.state === 'done' && <Icon name="check" size={16} />}
            {step.state === 'stopped' && <Icon name="close" size={16} />}
          </span>
          <span className={css.words}>
            <b>{step.label}</b>
            <span className="sr">{step.stateWord}</span>
            {step.detail && <small>{step.detail}</small>}
          </span>
        </li>
      ))}
    </ol>
  );
}
