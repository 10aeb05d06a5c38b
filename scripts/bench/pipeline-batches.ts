/** `pipeline.batches`: the prices of `pipeline.prices` in messages of 100. */
import { barePipeline, enginePipeline } from './pipeline.ts';
import { alternate, ratioOf, rounded } from './rounds.ts';
import type { BenchRow } from './row.ts';

const rounds = 5;

export async function run(): Promise<BenchRow[]> {
  const engine = await enginePipeline(true);
  const bare = await barePipeline(true);
  const medians = await alternate(rounds, {
    batches: () => engine.flood('batch'),
    bare: () => bare.flood('batch'),
    singles: () => engine.flood('single'),
  });
  await engine.stop();
  await bare.stop();
  const measured = { part: 'pipeline.batches', value: rounded(medians.batches), unit: 'prices/s' };
  return [
    {
      ...measured,
      measure: 'batches of 100, beside the same prices one by one',
      ceiling: rounded(medians.singles),
      ratio: ratioOf(medians.batches, medians.singles),
      target: '>= 5 times pipeline.prices',
    },
    {
      ...measured,
      measure: 'batches of 100, beside a bare subscriber',
      ceiling: rounded(medians.bare),
      ratio: ratioOf(medians.batches, medians.bare),
    },
  ];
}
