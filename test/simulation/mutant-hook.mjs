/** Preloaded before tsx: plants the bug of SIMULATION_MUTANT ({file, find, replace}, JSON) where its file is loaded. */
import { register } from 'node:module';
import { env } from 'node:process';

register('./mutant-loader.mjs', import.meta.url, { data: JSON.parse(env.SIMULATION_MUTANT ?? 'null') });
