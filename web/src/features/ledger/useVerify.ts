/** The check, step by step, so that somebody can watch it and stop it. */
import { useEffect, useRef, useState } from 'react';
import {
  type Checked,
  checkTree,
  type Depth,
  type Fault,
  isFault,
  type Opened,
  openLog,
  type Step,
} from '@/ledger/check';
import { server } from '@/ledger/source';
import { keep, keptHead } from '@/ledger/witness';

export type Shown = { key: string; note: string };
export type Run =
  | { state: 'idle' }
  | { state: 'running'; step: Step; done?: number; of?: number; opened?: Opened }
  | { state: 'stopped' }
  | { state: 'failed'; error: unknown }
  | { state: 'ok'; opened: Opened; checked: Checked }
  | { state: 'bad'; fault: Fault; shown: Shown };

export function useVerify(demo: boolean, onDone: () => void) {
  const [run, setRun] = useState<Run>({ state: 'idle' });
  const stop = useRef<AbortController | null>(null);
  useEffect(() => () => stop.current?.abort(), []);

  async function verify(depth: Depth) {
    const control = new AbortController();
    stop.current = control;
    let [key, note] = ['', ''];
    const source = {
      ...server,
      key: async () => (key = await server.key()),
      checkpoint: async () => (note = await server.checkpoint()),
    };
    const begin = (step: Step) => setRun({ state: 'running', step });
    try {
      let opened = await openLog(source, keptHead(), begin);
      // A demo makes itself a new log whenever it starts; see the witness.
      if (isFault(opened) && opened.code === 'key_changed' && demo)
        opened = await openLog(source, null, begin);
      if (isFault(opened)) return setRun({ state: 'bad', fault: opened, shown: { key, note } });
      const { head } = opened;
      setRun({ state: 'running', step: 'tiles', opened });
      const checked = await checkTree(
        source,
        head,
        depth,
        (step, done, of) => setRun({ state: 'running', step, done, of, opened: opened as Opened }),
        control.signal,
      );
      if (isFault(checked)) return setRun({ state: 'bad', fault: checked, shown: { key, note } });
      keep(opened.key.text, head.note);
      setRun({ state: 'ok', opened, checked });
      onDone();
    } catch (error) {
      setRun(control.signal.aborted ? { state: 'stopped' } : { state: 'failed', error });
    }
  }
  return { run, verify, stop: () => stop.current?.abort() };
}
