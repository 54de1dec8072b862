/**
 * A key for each thing that is written, so that it is written once.
 *
 * When the answer gets lost on the way, nobody knows whether the server has it. The same words sent again carry the
 * same key, and the server answers with what it has; other words are another thing and get another key.
 */
import { useRef } from 'react';

export function useOnce(): (body: unknown) => string {
  const last = useRef({ body: '', key: '' });
  return (body) => {
    const text = JSON.stringify(body);
    if (text !== last.current.body) last.current = { body: text, key: crypto.randomUUID() };
    return last.current.key;
  };
}
