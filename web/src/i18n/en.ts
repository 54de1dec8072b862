/** English, whole: for types and tests; a browser takes it in two parts. */
import { first } from './en/first';
import { more } from './en/more';
import type { Catalogue } from './index';

export const en: Catalogue = { ...first, ...more };
