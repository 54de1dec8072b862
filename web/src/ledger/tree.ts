/**
 * The tree over the log (RFC 6962) and its proofs, checked as in RFC 9162 section 2.1.3 and 2.1.4: here, in the
 * browser, from bytes alone. Sizes stay far below 2^53, so numbers are exact; shifts are divisions, because JavaScript
 * shifts 32 bits.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { fromBase64, same } from './bytes';

export type Hash = Uint8Array;
export const HASH = 32;

export function leafHash(entry: Uint8Array): Hash {
  const bytes = new Uint8Array(entry.length + 1);
  bytes.set(entry, 1);
  return sha256(bytes);
}

export function nodeHash(left: Hash, right: Hash): Hash {
  const bytes = new Uint8Array(1 + 2 * HASH);
  bytes[0] = 1;
  bytes.set(left, 1);
  bytes.set(right, 1 + HASH);
  return sha256(bytes);
}

/** The root over these nodes, which are leaves or roots of equally high subtrees (only the last may be lower). */
export function rootOf(nodes: readonly Hash[]): Hash {
  if (nodes.length === 0) return sha256(new Uint8Array());
  if (nodes.length === 1) return nodes[0] as Hash;
  let split = 1;
  while (split * 2 < nodes.length) split *= 2;
  return nodeHash(rootOf(nodes.slice(0, split)), rootOf(nodes.slice(split)));
}

export function parseHash(text: string): Hash | null {
  const bytes = fromBase64(text);
  return bytes?.length === HASH ? bytes : null;
}

const half = (n: number) => Math.floor(n / 2);
const odd = (n: number) => n % 2 === 1;
const isPower = (n: number): boolean => (n > 1 && !odd(n) ? isPower(n / 2) : n === 1);

/** Whether `leaf` is entry `index` of the tree with this size and root. */
export function includes(
  leaf: Hash,
  index: number,
  size: number,
  proof: readonly Hash[],
  root: Hash,
): boolean {
  if (index >= size) return false;
  let [node, last, found] = [index, size - 1, leaf];
  for (const sibling of proof) {
    if (last === 0) return false;
    if (odd(node) || node === last) {
      found = nodeHash(sibling, found);
      // An only child has no sibling on its level: climb to where it is a right child.
      while (!odd(node) && node !== 0) [node, last] = [half(node), half(last)];
    } else found = nodeHash(found, sibling);
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && same(found, root);
}

type Head = { size: number; root: Hash };

/** Whether the tree `to` continues the tree `from`. */
export function continues(from: Head, to: Head, proof: readonly Hash[]): boolean {
  if (from.size > to.size) return false;
  if (from.size === to.size) return proof.length === 0 && same(from.root, to.root);
  // Everything continues the empty tree, but the empty tree has one root only.
  if (from.size === 0) return proof.length === 0 && same(from.root, rootOf([]));
  let [node, last] = [from.size - 1, to.size - 1];
  while (odd(node)) [node, last] = [half(node), half(last)];
  const hashes = [...proof];
  // A perfect old tree is its own first hash and is not repeated in the proof.
  const first = isPower(from.size) ? from.root : hashes.shift();
  if (!first) return false;
  let [old, now] = [first, first];
  for (const hash of hashes) {
    if (last === 0) return false;
    if (odd(node) || node === last) {
      [old, now] = [nodeHash(hash, old), nodeHash(hash, now)];
      while (!odd(node) && node !== 0) [node, last] = [half(node), half(last)];
    } else now = nodeHash(now, hash);
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && same(old, from.root) && same(now, to.root);
}
