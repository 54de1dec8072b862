/** Cards under one another in the window; only those near the screen are in the page. */
import { useWindowVirtualizer, type VirtualItem } from '@tanstack/react-virtual';
import { Fragment, type ReactNode, type Ref, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { KedunRecord } from '@/api/contract';
import { MOST_PRINTED, usePrinting } from '../print/paper';
import css from './list.module.css';

const GUESS = 156;
const GAP = 8;
/** Below this everything is in the page: finding in it, printing it and coming back to it stay as the browser does them. */
const SMALL = 60;
/** More than a screen holds; what is below it is drawn when the phone has a moment, so many at a time. */
const FIRST = 6;
const STEP = 2;
/** Lists that have been drawn to their end: coming back finds all of it, and the place where one was. */
const drawn = new Set<string>();
/** How high each card was, by list: coming back finds its place at once. */
const heights = new Map<string, VirtualItem[]>();

/** What a card must carry so that it can be measured and counted. */
export type Placed = {
  ref?: Ref<HTMLLIElement>;
  'data-index'?: number;
  'aria-setsize'?: number;
  'aria-posinset'?: number;
};

type Props = {
  name: string;
  records: KedunRecord[];
  card: (record: KedunRecord, index: number, placed: Placed) => ReactNode;
};

export function CardList(props: Props) {
  const printing = usePrinting();
  return printing || props.records.length <= SMALL ? (
    <Short {...props} whole={printing} />
  ) : (
    <Long {...props} />
  );
}

function Short({ name, records, card, whole }: Props & { whole: boolean }) {
  const most = Math.min(records.length, MOST_PRINTED);
  const [ready, setReady] = useState(drawn.has(name) ? SMALL : FIRST);
  const shown = whole ? most : Math.min(ready, most);
  useEffect(() => {
    if (shown >= most) {
      drawn.add(name);
      return;
    }
    return whenIdle(() => setReady((now) => now + STEP));
  }, [name, shown, most]);
  return (
    <ul className={css.cards} style={{ paddingBottom: (most - shown) * (GUESS + GAP) }}>
      {records.slice(0, shown).map((record, index) => (
        <Fragment key={record.id}>{card(record, index, {})}</Fragment>
      ))}
    </ul>
  );
}

/** Not every browser says when it has a moment; then a moment is guessed. Answers the way to take it back. */
function whenIdle(work: () => void): () => void {
  if (!('requestIdleCallback' in globalThis)) {
    const timer = setTimeout(work, 30);
    return () => clearTimeout(timer);
  }
  const asked = requestIdleCallback(work, { timeout: 500 });
  return () => cancelIdleCallback(asked);
}

function Long({ name, records, card }: Props) {
  const list = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => setTop(list.current?.offsetTop ?? 0));
  const rows = useWindowVirtualizer({
    count: records.length,
    estimateSize: () => GUESS,
    gap: GAP,
    overscan: 6,
    scrollMargin: top,
    initialMeasurementsCache: heights.get(name) ?? [],
    getItemKey: (index) => records[index]?.id ?? index,
  });
  useLayoutEffect(
    () => () => {
      heights.set(name, rows.measurementsCache);
    },
    [name, rows],
  );
  const items = rows.getVirtualItems();
  const before = (items[0]?.start ?? top) - top;
  const after = rows.getTotalSize() - ((items.at(-1)?.end ?? top) - top);
  return (
    <div ref={list} style={{ paddingTop: before, paddingBottom: Math.max(0, after) }}>
      <ul className={css.cards}>
        {items.map(({ index }) => {
          const record = records[index];
          return (
            record && (
              <Fragment key={record.id}>
                {card(record, index, {
                  ref: rows.measureElement,
                  'data-index': index,
                  'aria-setsize': records.length,
                  'aria-posinset': index + 1,
                })}
              </Fragment>
            )
          );
        })}
      </ul>
    </div>
  );
}
