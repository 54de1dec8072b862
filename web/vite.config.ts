/** Two entries: the app, and the service worker, which must keep a stable name at the root. */

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** Tells the service worker which files are the shell, once their hashed names are known, and which pages it is for. */
function shellList(): Plugin {
  return {
    name: 'kedun-shell-list',
    apply: 'build',
    generateBundle(_options, bundle) {
      const worker = bundle['sw.js'];
      if (worker?.type !== 'chunk') this.error('sw.js was not built');
      const files = Object.keys(bundle).filter((name) => name.startsWith('assets/'));
      const shell = ['/', '/icon.svg', '/manifest.webmanifest', ...files.map((name) => `/${name}`)].sort();
      const routes = readFileSync(fileURLToPath(new URL('./src/routes.tsx', import.meta.url)), 'utf8');
      const paths = [...routes.matchAll(/\bpath: '\/?([^'/]*)/g)].map(([, first]) => first);
      const say = (holder: string, list: unknown[]) => {
        const text = JSON.stringify(JSON.stringify(list));
        worker.code = worker.code.replace(new RegExp(`["'\`]${holder}["'\`]`), () => text);
      };
      say('__SHELL__', shell);
      say('__PAGES__', [...new Set(paths)]);
    },
  };
}

/**
 * The script that asks ahead (src/ahead.ts) stands first in the page, before what the app needs to come. It is the same
 * file that the app imports.
 */
function asksAhead(): Plugin {
  return {
    name: 'kedun-asks-ahead',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle }) {
        const built = Object.values(bundle ?? {}).find((one) => one.type === 'chunk' && one.name === 'ahead');
        const src = built ? `/${built.fileName}` : '/src/ahead.ts';
        return [{ tag: 'script', attrs: { type: 'module', src, async: true }, injectTo: 'head-prepend' }];
      },
    },
  };
}

/** Packs each file once and as tightly as can be, instead of quickly at every request (server/src/routes/web.rs). */
function packed(): Plugin {
  return {
    name: 'kedun-packed',
    apply: 'build',
    writeBundle({ dir }, bundle) {
      for (const name of Object.keys(bundle).filter((file) => /\.(js|css|html|svg)$/.test(file))) {
        const plain = readFileSync(`${dir}/${name}`);
        const small = brotliCompressSync(plain, {
          params: { [constants.BROTLI_PARAM_SIZE_HINT]: plain.length },
        });
        if (small.length < plain.length) writeFileSync(`${dir}/${name}.br`, small);
      }
    },
  };
}

export default defineConfig({
  plugins: [react(), asksAhead(), shellList(), packed()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    target: 'es2022',
    // The strict CSP has no place for data: fonts or scripts, and small icons are our own SVG anyway.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: 'build.json',
    rollupOptions: {
      input: {
        index: fileURLToPath(new URL('./index.html', import.meta.url)),
        sw: fileURLToPath(new URL('./src/sw.ts', import.meta.url)),
      },
      output: {
        entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
        // A hundred small files are a hundred turns on a slow network, six at a time, and pack badly.
        codeSplitting: {
          groups: [
            {
              name: 'ahead',
              test: /[\\/]src[\\/](ahead|i18n[\\/]language|records[\\/]list[\\/](query|sort))\.ts$/,
              priority: 3,
            },
            {
              name: 'vendor',
              test: /node_modules[\\/](react|react-dom|scheduler|@tanstack)[\\/]/,
              priority: 2,
            },
            // Frame, sign-in and list with all they need: what the first screen is made of comes in one turn.
            {
              name: 'first',
              test: /[\\/]src[\\/](shell[\\/]AppShell|ui[\\/]theme|features[\\/](records[\\/]ListPage|sessions[\\/]SignInPage|register[\\/]search))\.tsx?$/,
              priority: 1,
            },
            { name: 'kit', test: /[\\/]src[\\/](?!i18n[\\/](zh-CN|en)|sw\.ts)/, minShareCount: 5 },
          ],
        },
      },
    },
  },
  server: { proxy: { '/api': process.env.KEDUN_API ?? 'http://127.0.0.1:8080' } },
  test: { include: ['src/**/*.test.{ts,tsx}'], environment: 'node' },
} as Parameters<typeof defineConfig>[0]);
