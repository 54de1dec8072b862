import { beforeAll, expect, it } from 'vitest';
import type { ObjectRef } from '@/api/contract';
import { loadLanguage } from '@/i18n';
import { pageTitle } from './pageTitle';

beforeAll(() => loadLanguage('zh-CN'));

const objects = [{ name: 'customer', label: { zh: '客户', en: 'Customer' } }] as unknown as ObjectRef[];

it('names a list and a record by what they are', () => {
  expect(pageTitle('/records/customer', objects)).toBe('客户 · 客盾');
  expect(pageTitle('/records/customer/01H', objects)).toBe('客户 · 客盾');
});

it('names a page within a place by the nearest of them', () => {
  expect(pageTitle('/me', objects)).toBe('我的 · 客盾');
  expect(pageTitle('/me/devices', objects)).not.toBe('我的 · 客盾');
});

it('says who we are where there is no word', () => {
  expect(pageTitle('/nowhere', objects)).toBe('客盾 Kedun');
});
