/**
 * The words of a sheet that closes with one tap beside it: kept as a draft, so that whoever opens it again goes on
 * where they were. `drop` is for when the words have arrived.
 */
import { useState } from 'react';
import { dropDraft, readDraft, writeDraft } from '@/offline/drafts';

export function useKeptText(draft: string): [text: string, write: (text: string) => void, drop: () => void] {
  const [text, setText] = useState(() => String(readDraft(draft).text ?? ''));
  const write = (words: string) => {
    setText(words);
    writeDraft(draft, { text: words }, []);
  };
  return [text, write, () => dropDraft(draft)];
}
