/** An address for mail: where it is too long for its line, it breaks after the @ rather than within a word. */
import css from './fields.module.css';

export function MailText({ text }: { text: string }) {
  const [name, ...rest] = text.split('@');
  if (rest.length === 0) return <span className={css.text}>{text}</span>;
  return (
    <span className={css.mail}>
      {name}@<wbr />
      {rest.join('@')}
    </span>
  );
}
