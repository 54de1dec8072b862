/** Fails the build when the first screens grow too heavy for a phone on a bad network. */
import { FIRST, ROUTE, sizes } from './sizes.mjs';

const { first, routes } = sizes();
const kb = (bytes) => `${(bytes / 1024).toFixed(1)} KB`;
let failed = false;
function report(name, bytes, limit) {
  const over = bytes > limit;
  failed ||= over;
  console.log(`${over ? 'OVER ' : 'ok   '}${name.padEnd(48)} ${kb(bytes).padStart(10)} of ${kb(limit)}`);
}
report('first load: sign-in + list', first, FIRST);
for (const [name, bytes] of routes) report(name, bytes, ROUTE);
if (failed) process.exit(1);
