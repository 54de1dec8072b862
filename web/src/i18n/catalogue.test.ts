/** Two languages, one set of keys, none missing, none left over, no sentence written into a component. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { en } from './en';
import { zh } from './zh-CN';

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.tsx?$/.test(entry.name) && !/\.test\./.test(entry.name) ? [path] : [];
  });
}

const files = sources('src').filter((path) => !/i18n\/(zh-CN|en)(\/|\.ts$)/.test(path));
const code = files.map((path) => readFileSync(path, 'utf8')).join('\n');
const keys = Object.keys(zh);

/** The keys that a file of the catalogue spells out. */
function keysIn(path: string): string[] {
  const found: string[] = [];
  const look = (node: ts.Node): void => {
    if (ts.isPropertyAssignment(node))
      found.push(ts.isStringLiteral(node.name) ? node.name.text : node.name.getText());
    ts.forEachChild(node, look);
  };
  look(ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true));
  return found;
}

/** The keys that the code names neither in full nor by their first or last part beside a variable. */
function unused(some: string[], withComments: string): string[] {
  const text = withComments.replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, '');
  const all = (pattern: RegExp) => [...text.matchAll(pattern)].map((match) => match[1] ?? '');
  const literal = new Set(all(/'([a-z_]+(?:\.[A-Za-z0-9_]+)*)'/g));
  const prefixes = [
    ...all(/\bt\(\s*`([\w.]+\.)\$\{/g),
    ...all(/\btCode\(\s*'([\w.]+)'/g).map((prefix) => `${prefix}.`),
  ];
  // `${act}.title` and its like: the first part is the variable.
  const suffixes = all(/\bt\(\s*`\$\{\w+\}(\.[\w]+)`/g);
  return some.filter(
    (key) =>
      !literal.has(key) &&
      !prefixes.some((prefix) => key.startsWith(prefix)) &&
      !suffixes.some((suffix) => key.endsWith(suffix)),
  );
}

describe('the catalogue', () => {
  it('has the same keys in both languages', () => {
    expect(Object.keys(en).sort()).toEqual([...keys].sort());
  });

  it('keeps the placeholders of a sentence in both languages', () => {
    const holes = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();
    for (const key of keys) {
      const zhHoles = holes(zh[key as keyof typeof zh]);
      const enHoles = holes(en[key as keyof typeof zh]);
      // "once|{n} times" may drop the number in the singular, never invent one.
      expect(enHoles, key).toEqual(zhHoles);
    }
  });

  it('has one Chinese word for one thing', () => {
    const left = /双重验证|导出登记|法务保全|留存保全|删除申请|删除请求|你(?!们)/;
    expect(Object.entries(zh).filter(([, text]) => left.test(text))).toEqual([]);
    // What a telephone calls its own button is the telephone's.
    expect(
      Object.entries(zh).filter(([key, text]) => text.includes('分享') && key !== 'push.install'),
    ).toEqual([]);
  });

  it('counts in English by the number that tells one from many', () => {
    const counted = /\{(?!n\})\w+\} (people|sessions|exports|rows|downloads|looks|successors)\b/;
    expect(Object.entries(en).filter(([, text]) => counted.test(text))).toEqual([]);
  });

  it('has no key that nothing uses', () => {
    expect(unused(keys, code)).toEqual([]);
  });

  it('would notice one', () => {
    const some = ['a.b', 'act.x', 'kind.y', 'z.title', 'left.over', 'in.comment'];
    // biome-ignore lint/suspicious/noTemplateCurlyInString: code as it is written
    const text = "t('a.b'); t(`act.${x}`); tCode('kind', y); t(`${z}.title`); // t('in.comment')";
    expect(unused(some, text)).toEqual(['left.over', 'in.comment']);
  });

  it('has each key in one file, and no file that is not part of it', () => {
    for (const [language, catalogue] of [
      ['zh-CN', zh],
      ['en', en],
    ] as const) {
      const written = [`src/i18n/${language}.ts`, ...sources(`src/i18n/${language}`)].flatMap(keysIn);
      expect(written.filter((key, at) => written.indexOf(key) !== at)).toEqual([]);
      expect(written.sort()).toEqual(Object.keys(catalogue).sort());
    }
  });

  it('is the only place with Chinese sentences', () => {
    // The names of the languages, 万 and 亿, and the word that notices begin their purpose with.
    const allowed =
      /i18n\/format\.ts$|features\/me\/MePage\.tsx$|features\/(sessions\/SignInPage|public\/PublicPage)\.tsx$|intake\/NoticeBlock\.tsx$/;
    const outside = files.filter((path) => {
      const text = readFileSync(path, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
      return /[\u4e00-\u9fff]/.test(text) && !allowed.test(path);
    });
    expect(outside).toEqual([]);
  });

  it('is the only place with words that a component shows or reads out', { timeout: 60_000 }, () => {
    // Names of products, formats and languages are the same everywhere.
    const allowed = /^(简体中文|English|Excel \(\.xlsx\)|CSV)$/;
    const spoken = ['aria-label', 'placeholder', 'title', 'alt', 'label', 'hint', 'why'];
    const found: string[] = [];
    for (const path of files.filter((file) => file.endsWith('.tsx'))) {
      const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
      const say = (text: string) => {
        if (/\p{L}{2}/u.test(text) && !allowed.test(text.trim())) found.push(`${path}: ${text.trim()}`);
      };
      const look = (node: ts.Node): void => {
        if (ts.isJsxText(node)) say(node.text);
        if (ts.isJsxAttribute(node) && spoken.includes(node.name.getText()) && node.initializer) {
          if (ts.isStringLiteral(node.initializer)) say(node.initializer.text);
          else if (ts.isJsxExpression(node.initializer) && node.initializer.expression)
            if (ts.isStringLiteralLike(node.initializer.expression)) say(node.initializer.expression.text);
        }
        if (ts.isJsxExpression(node) && node.expression && !ts.isJsxAttribute(node.parent))
          if (ts.isStringLiteralLike(node.expression)) say(node.expression.text);
        ts.forEachChild(node, look);
      };
      look(source);
    }
    expect(found).toEqual([]);
  });
});
