/**
 * A little of what happens in a house, so that every screen has something to show: an export that waits, a customer
 * who asks, an erasure, somebody who pries, somebody who begins today. Once for each demo company.
 */
import type { Page } from '@playwright/test';
import type { Api, Demo, Person, Words } from './demo';
import { apiAs, collect, demoPerson, digits, people, signIn } from './demo';
import type { Who } from './screens';

/** Ids and addresses by the names that stand in braces in a path, and the one who begins today. */
/** Signs somebody in for the screens that are theirs. */
export async function enter(page: Page, words: Words, demo: Demo, who: Who, scene: Scene): Promise<void> {
  if (who === 'nobody') return;
  if (who === 'newcomer') return signIn(page, words, scene.newcomer);
  if (who !== 'unenrolled') return signIn(page, words, demoPerson(demo, who));
  await signIn(page, words, demoPerson(demo, 'rep'));
  // The demo demands no second factor; a house that does has a story of its own.
  await page.route('**/api/v1/me', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({
      response: answer,
      json: { ...(await answer.json()), must_enrol_second_factor: true },
    });
  });
}

export type Scene = { values: Record<string, string>; newcomer: Person };
const scenes = new Map<string, Promise<Scene>>();

export function furnish(demo: Demo): Promise<Scene> {
  const scene = scenes.get(demo.url) ?? play(demo);
  scenes.set(demo.url, scene);
  return scene;
}

async function play(demo: Demo): Promise<Scene> {
  const rep = await apiAs(demo, demoPerson(demo, 'rep'));
  const asker = await collect(rep, {
    name: '上海徐汇瑞和眼科诊所',
    phone: `138${digits()}`,
    email: 'ruihe@clinic.example',
  });
  const of = `/objects/customer/records/${asker.id}`;
  const link = (await rep('POST', `${of}/links`, { days: 7 })).body;
  const request = await rep('POST', `${of}/rights_requests`, {
    kind: 'correction',
    channel: 'phone',
    text: '地址搬到宜山路了，请更正。',
  });
  await rep('POST', `${of}/rights_requests`, { kind: 'copy', channel: 'in_person', text: '要一份复印件。' });
  await orders(rep);
  const deleted = await collect(rep, { name: '无锡梁溪重复登记诊所', phone: `136${digits()}` });
  await rep('DELETE', `/objects/customer/records/${deleted.id}`);

  const legal = await apiAs(demo, demoPerson(demo, 'legal'));
  const leaver = await collect(rep, { name: '苏州平江旧址门诊部', phone: `137${digits()}` });
  const erasure = await legal('POST', '/erasures', {
    object: 'customer',
    record: leaver.id,
    ground: 'consent_withdrawn',
  });

  // Six records that are none of theirs: a rule speaks up.
  const [, , pryer, other] = people(demo, /^rep$/);
  if (!pryer || !other) throw new Error('too few reps');
  const theirs = await (await apiAs(demo, other))('POST', '/objects/customer/query', {
    view: 'mine',
    limit: 6,
  });
  const prying = await apiAs(demo, pryer);
  for (const record of theirs.body.records) await prying('GET', `/objects/customer/records/${record.id}`);

  const system = await apiAs(demo, demoPerson(demo, 'system_admin'));
  const { departments } = (await system('GET', '/departments')).body;
  const leaves = people(demo, /^rep$/).at(-1);
  const found = await system('GET', `/people?q=${encodeURIComponent(leaves?.name ?? '')}`);
  const person = found.body.people.find((one: { login?: string }) => one.login === leaves?.login);
  const handover = await system('POST', '/handovers', { person: person?.id, reason: 'resignation' });
  const login = `xin.ren.${digits()}`;
  const begins = await system('POST', '/people', { login, name: '钱新', department: departments.at(-1)?.id });
  const newcomer = {
    login,
    password: begins.body?.one_time?.password ?? '',
    role: 'rep',
    name: '钱新',
    department: departments.at(-1)?.name ?? '',
  };
  return {
    values: {
      asker: asker.id,
      link: link?.secret ?? '',
      request: request.body?.id ?? '',
      erasure: erasure.body?.id ?? '',
      handover: handover.body?.id ?? '',
    },
    newcomer,
  };
}

/** One that is there at once, and one that waits for the manager. */
async function orders(rep: Api): Promise<void> {
  for (const clear of [false, true])
    await rep('POST', '/exports', {
      object: 'customer',
      fields: ['name', 'phone', 'level', 'stage'],
      filter: { all: [{ field: 'level', op: 'in', value: ['A'] }] },
      purpose: clear ? 'contract' : 'visit_plan',
      format: 'xlsx',
      ...(clear ? { clear } : {}),
    });
}
