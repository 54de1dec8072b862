/** 简体中文，第一语言：其他语言的键以此为准。这里只供类型与测试；浏览器分两次取。 */
import { first } from './zh-CN/first';
import { more } from './zh-CN/more';

export const zh = { ...first, ...more } as const;
