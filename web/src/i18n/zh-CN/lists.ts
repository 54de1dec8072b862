/** 列表：列、保存的视图。 */
export const lists = {
  'columns.note':
    '拖动手柄调整顺序，也可以直接拖动表头。图钉让靠前的列在左右滚动时留在原处。只影响您自己的这个视图。',
  'columns.handle': '移动“{name}”：拖动，或用上下方向键',
  'columns.freeze': '固定到“{name}”为止',
  'columns.moved': '“{name}”现在是第 {place} 列，共 {of} 列',
  'columns.reordered': '列顺序已调整',
  'undo.done': '已撤销：{title}',
  'undo.reason': '立即撤销',
  'print.refused': '无法留痕，这一页没有打印。请检查网络后再试；一次最多打印 200 条记录，更多请申请导出。',
  'view.menu': '视图',
  'view.save': '另存为我的视图',
  'view.keep': '保存对“{name}”的改动',
  'view.kept': '已保存：{name}',
  'view.saved': '已保存视图：{name}',
  'view.rename': '重命名视图',
  'view.drop': '删除这个视图',
  'view.dropped': '已删除视图：{name}',
  'view.name': '视图名称',
  'view.note': '保存当前的筛选与排序，只有您自己看得到。',
  'view.withheld': '有 {n} 个条件含客户资料，不会保存在视图里。',
} as const;
