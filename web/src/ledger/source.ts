/** The log of this server, as bytes. */
import { api, fetchBytes } from '@/api/client';
import { isProblem } from '@/api/problem';
import type { Source } from './check';

const text = async (path: string) => new TextDecoder().decode(await fetchBytes(path));

/** What is not there is null; a server that cannot be reached is an error, and no verdict. */
async function absent<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (problem) {
    if (isProblem(problem) && (problem.status === 404 || problem.status === 422)) return null;
    throw problem;
  }
}

export const readProof = (entry: number): Promise<string> => text(`/ledger/proof/${entry}`);

export const server: Source = {
  key: () => text('/ledger/key'),
  checkpoint: () => text('/ledger/checkpoint'),
  consistency: async (from, to) =>
    (await absent(api.get<{ hashes: string[] }>(`/ledger/consistency?from=${from}&to=${to}`)))?.hashes ??
    null,
  tile: (path) => absent(fetchBytes(`/ledger/tile/${path}`)),
};
