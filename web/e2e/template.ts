/**
 * A demo company filled once per run: every worker starts on a copy of it, which takes a second instead of many.
 *
 * KEDUN_DEMO (a server that runs already) needs none; on PostgreSQL (KEDUN_STORIES_PG) each is filled anew.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runDemo } from './company';

export default async function fillOnce(): Promise<() => void> {
  const { KEDUN_DEMO, KEDUN_STORIES_PG, KEDUN_TEMPLATE } = process.env;
  if (KEDUN_DEMO || KEDUN_STORIES_PG || KEDUN_TEMPLATE) return () => undefined;
  const folder = mkdtempSync(join(tmpdir(), 'kedun-template-'));
  const { stop } = await runDemo(['--data', folder]);
  await stop();
  process.env.KEDUN_TEMPLATE = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
