/** The demo company as a process: started, stopped, and its folder swept away. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export type Person = { login: string; password: string; role: string; name: string; department: string };
export type Demo = { url: string; data_dir?: string; people: Person[] };
export type Running = { demo: Demo; stop: () => Promise<void> };

/** Runs `kedun demo` with these options and reads its one line. Stopping waits until the process is gone. */
export async function runDemo(options: string[]): Promise<Running> {
  const binary = process.env.KEDUN_BIN;
  if (!binary) throw new Error('Set KEDUN_BIN to the kedun binary.');
  const port = options.includes('--port') ? [] : ['--port', '0'];
  const child = spawn(binary, ['demo', '--json', ...port, ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const demo = await new Promise<Demo>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (line) => resolve(JSON.parse(line) as Demo));
    child.once('exit', (code) => reject(new Error(`kedun demo ended with ${code}`)));
  });
  return {
    demo,
    stop: () => {
      child.kill('SIGTERM');
      return gone;
    },
  };
}

/**
 * A house that is served with `kedun serve`, under settings that the demo does not take: the demo fills its folder and
 * goes. `again` starts it anew at the same address, under other settings.
 */
export async function startServing(
  variables: Record<string, string>,
): Promise<Running & { again: (variables: Record<string, string>) => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'kedun-house-'));
  const template = process.env.KEDUN_TEMPLATE;
  const where = store();
  if (template && where.length === 0) cpSync(template, folder, { recursive: true });
  const filled = await runDemo(['--data', folder, ...where]);
  await filled.stop();
  const data = where.length > 0 ? `postgres_url = "${where[1]}"\nschema = "${where[3]}"` : 'folder = "."';
  const settings = join(folder, 'kedun.toml');
  writeFileSync(settings, `[data]\n${data}\n[key]\npath = "kedun.key"\n[log]\nlevel = "warn"\n`);
  const serve = async (listen: string, set: Record<string, string>) => {
    const child = spawn(process.env.KEDUN_BIN ?? '', ['serve', '--config', settings, '--listen', listen], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...set },
    });
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    const url = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout }).once('line', (line) =>
        resolve(/https?:\/\/\S+/.exec(line)?.[0] ?? ''),
      );
      child.once('exit', (code) => reject(new Error(`kedun serve ended with ${code}`)));
    });
    return {
      url,
      stop: () => {
        child.kill('SIGTERM');
        return gone;
      },
    };
  };
  let running = await serve('127.0.0.1:0', variables);
  const { url } = running;
  return {
    demo: { ...filled.demo, url },
    stop: async () => {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    },
    again: async (set) => {
      await running.stop();
      running = await serve(new URL(url).host, set);
    },
  };
}

export type Company = Running & {
  /** Ends the process and keeps its folder; `resume` starts it again on the same port. */
  pause: () => Promise<void>;
  resume: () => Promise<void>;
};

/** Where KEDUN_STORIES_PG names a PostgreSQL server, each company has a schema of its own there. */
function store(): string[] {
  const server = process.env.KEDUN_STORIES_PG;
  return server ? ['--postgres', server, '--schema', `story_${randomBytes(6).toString('hex')}`] : [];
}

/** A company of its own for whoever asks, on a copy of the template if there is one and the options leave it as it is. */
export async function startDemo(...asked: string[]): Promise<Company> {
  const options = [...asked, ...store()];
  const given = process.env.KEDUN_DEMO;
  const nothing = () => Promise.resolve();
  if (given && asked.length === 0)
    return { demo: JSON.parse(given) as Demo, stop: nothing, pause: nothing, resume: nothing };
  const folder = mkdtempSync(join(tmpdir(), 'kedun-story-'));
  const template = process.env.KEDUN_TEMPLATE;
  if (template && !options.some((option) => /^--(customers|people|seed|postgres)/.test(option)))
    cpSync(template, folder, { recursive: true });
  let running = await runDemo(['--data', folder, ...options]);
  const { demo } = running;
  return {
    demo,
    pause: () => running.stop(),
    resume: async () => {
      running = await runDemo(['--data', folder, ...options, '--port', new URL(demo.url).port]);
    },
    stop: async () => {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
