/** The company as a tree of departments and sales teams: add, rename, move, order, remove. Rights follow at once. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type CSSProperties, useState } from 'react';
import { teamsQuery } from '@/api/admin';
import { api, seg } from '@/api/client';
import type { Department } from '@/api/contract';
import { queryClient } from '@/api/queries';
import { t } from '@/i18n';
import { indented } from '@/records/departmentTree';
import { ProblemState } from '@/records/ProblemState';
import { toastProblem } from '@/records/problemText';
import { Button } from '@/ui/Button';
import desk from '@/ui/desk.module.css';
import { Menu, type MenuItem } from '@/ui/Menu';
import { Skeleton, State } from '@/ui/State';
import { DepartmentSheet, type Doing } from './DepartmentSheet';
import css from './departments.module.css';

export function DepartmentsPage() {
  const departments = useQuery(teamsQuery);
  const [doing, setDoing] = useState<Doing | null>(null);
  const all = departments.data ?? [];
  const branches = indented(all);
  const siblings = (of: Department) => all.filter((d) => d.parent === of.parent);

  async function order(department: Department, position: number) {
    try {
      await api.patch(`/departments/${seg(department.id)}`, { position });
    } catch (problem) {
      toastProblem(problem);
    }
    void queryClient.invalidateQueries({ queryKey: ['departments'] });
  }
  // The server counts people only for whoever looks after them.
  const manages = all.some((department) => department.people !== undefined);
  function items(department: Department): MenuItem[] {
    if (!manages) return [];
    const place = siblings(department).findIndex((d) => d.id === department.id);
    const last = siblings(department).length - 1;
    const found: MenuItem[] = [
      {
        key: 'add',
        label: t('departments.add_below'),
        icon: 'plus',
        run: () => setDoing({ what: 'add', to: department }),
      },
      {
        key: 'rename',
        label: t('departments.rename'),
        icon: 'pen',
        run: () => setDoing({ what: 'rename', department }),
      },
      {
        key: 'move',
        label: t('departments.move'),
        icon: 'transfer',
        run: () => setDoing({ what: 'move', department }),
      },
    ];
    if (place > 0)
      found.push({
        key: 'up',
        label: t('departments.up'),
        icon: 'up',
        run: () => void order(department, place - 1),
      });
    if (place < last)
      found.push({
        key: 'down',
        label: t('departments.down'),
        icon: 'down',
        run: () => void order(department, place + 1),
      });
    found.push({
      key: 'remove',
      label: t('departments.remove'),
      icon: 'trash',
      danger: true,
      run: () => setDoing({ what: 'remove', department }),
    });
    return found;
  }

  return (
    <div className={desk.page}>
      <header className={desk.head}>
        <h1>{t('departments.title')}</h1>
        {manages && (
          <>
            <Link to="/people">{t('people.title')}</Link>
            <Button look="primary" icon="plus" onClick={() => setDoing({ what: 'add', to: null })}>
              {t('departments.add')}
            </Button>
          </>
        )}
      </header>
      <p className={desk.why}>{t('departments.why')}</p>
      {departments.isPending && <Skeleton label={t('loading')} />}
      {departments.error && <ProblemState error={departments.error} retry={() => departments.refetch()} />}
      {departments.data && branches.length === 0 && (
        <State icon="customers" title={t('departments.empty')} why={t('departments.why')} />
      )}
      <Tree branches={branches} items={items} />
      {doing && <DepartmentSheet doing={doing} departments={all} onClose={() => setDoing(null)} />}
    </div>
  );
}

type Node = { department: Department; below: Node[] };

/** Nested lists out of the flat order, so that a reader hears how deep one is. */
function nested(branches: { department: Department; depth: number }[]): Node[] {
  const top: Node[] = [];
  const path: Node[] = [];
  for (const { department, depth } of branches) {
    const node = { department, below: [] };
    path.length = depth;
    (path.at(-1)?.below ?? top).push(node);
    path.push(node);
  }
  return top;
}

function Tree({
  branches,
  items,
}: {
  branches: { department: Department; depth: number }[];
  items: (department: Department) => MenuItem[];
}) {
  if (branches.length === 0) return null;
  return (
    <ul className={css.tree} aria-label={t('departments.title')}>
      {nested(branches).map((node) => (
        <Branch key={node.department.id} node={node} depth={0} items={items} />
      ))}
    </ul>
  );
}

function Branch({
  node,
  depth,
  items,
}: {
  node: Node;
  depth: number;
  items: (department: Department) => MenuItem[];
}) {
  const { department } = node;
  const heads = department.heads?.map((head) => head.name).join(t('list.comma'));
  return (
    <li>
      <div className={css.row} style={{ '--depth': depth } as CSSProperties}>
        {depth > 0 && <i className={css.elbow} aria-hidden="true" />}
        <span className={desk.words}>
          <b>{department.name}</b>
          <span className={css.facts}>
            {department.people !== undefined && (
              <Link to="/people" search={{ department: department.id }} className={css.count}>
                {t('departments.people', { n: department.people })}
              </Link>
            )}
            {heads && <span>{t('departments.heads', { names: heads })}</span>}
          </span>
        </span>
        <Menu label={t('departments.menu', { name: department.name })} items={items(department)} />
      </div>
      {node.below.length > 0 && (
        <ul>
          {node.below.map((child) => (
            <Branch key={child.department.id} node={child} depth={depth + 1} items={items} />
          ))}
        </ul>
      )}
    </li>
  );
}
