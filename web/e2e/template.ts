/**
 * A demo company filled once per run: every worker starts on a copy of it, which takes a second instead of many.
 *
 * KEDUN_DEMO (a server that runs already) needs none.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runDemo } from './company';

export default async function fillOnce(): Promise<() => void> {
  if (process.env.KEDUN_DEMO || process.env.KEDUN_TEMPLATE) return () => undefined;
  const folder = mkdtempSync(join(tmpdir(), 'kedun-template-'));
  const { stop } = await runDemo(['--data', folder]);
  await stop();
  process.env.KEDUN_TEMPLATE = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
