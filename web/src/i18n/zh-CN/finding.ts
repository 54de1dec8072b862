/** 查找要问的、要保全的记录，以及保全对记录意味着什么。 */
export const finding = {
  'find.record': '查找记录',
  'find.record.help': '输入名称、完整手机号或手机号后四位；只找得到您看得到的记录。',
  'find.record.open': '搜索…',
  'find.or_address': '或输入记录地址',
  'who.why':
    '查看现在谁能看到一条记录、为什么。您不查找客户，也不会因此看到其内容：请从告警数过的记录开始，或输入同事发来的地址。',
  'who.why.finds': '查看现在谁能看到一条记录、为什么：像别处一样查找，或输入它的地址。',
  'who.record': '记录的地址',
  'who.record.help': '打开着这条记录的同事可从浏览器地址栏复制；只有编号或其末 8 位也可以。',
  'who.of': '谁能看到“{record}”',
  'who.from_alerts': '来自告警',
  'who.from_alerts.none': '还没有告警涉及具体记录。',
  'who.from_alerts.none_of': '关于此人的告警没有涉及具体记录。',
  'who.person': '只看关于谁的告警',
  'who.link': '谁能看到',
  'action.hold': '法定保全',
  held: '法定保全中',
  'held.why': '在法务解除之前，既不能修改，也不能销毁。',
  'held.to_holds': '查看保全',
} as const;
