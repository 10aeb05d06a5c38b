/** Writes docs/schemas: `node --import tsx scripts/schemas.ts`. A test holds the files to the code. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { schemaFiles } from './schemas/files.ts';

const folder = new URL('../docs/schemas/', import.meta.url);
mkdirSync(folder, { recursive: true });
for (const [file, text] of await schemaFiles()) writeFileSync(new URL(file, folder), text);
