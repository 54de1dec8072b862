/** 快速查找（⌘K）。 */
export const palette = {
  'palette.title': '查找记录、页面和操作',
  'palette.open': '查找',
  'palette.placeholder': '姓名、电话、后四位，或要做的事',
  'palette.recent': '最近',
  'palette.records': '记录',
  'palette.pages': '页面',
  'palette.actions': '操作',
  'palette.list': '列表',
  'palette.language': '切换到英文（English）',
  'palette.theme': '外观：{look}',
  'palette.searching': '正在查找…',
  'palette.none': '没有找到。可以试试完整的手机号、后四位，或名称的一部分。',
  'palette.found': '{n} 个结果',
  'palette.move': '选择',
  'palette.go': '打开',
} as const;
