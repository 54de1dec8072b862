/** 页面的名字与分组。 */
export const places = {
  'group.work': '工作',
  'group.watch': '守护',
  'group.house': '组织与设置',
  'group.mine': '我的',
} as const;
