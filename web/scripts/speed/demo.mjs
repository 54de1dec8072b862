/** A demo company large enough that its first manager sees ten thousand customers. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export async function startDemo(customers) {
  if (process.env.KEDUN_DEMO) return { demo: JSON.parse(process.env.KEDUN_DEMO), stop: () => undefined };
  if (!process.env.KEDUN_BIN) throw new Error('Set KEDUN_BIN to the kedun binary.');
  const folder = mkdtempSync(join(tmpdir(), 'kedun-speed-'));
  const size = ['--customers', customers, '--lean', '1', '--unlimited'];
  const child = spawn(process.env.KEDUN_BIN, ['demo', '--json', '--port', '0', '--data', folder, ...size], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const demo = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (line) => resolve(JSON.parse(line)));
    child.once('exit', (code) => reject(new Error(`kedun demo ended with ${code}`)));
  });
  const stop = async () => {
    child.kill('SIGTERM');
    await gone;
    rmSync(folder, { recursive: true, force: true });
  };
  return { demo, stop };
}
