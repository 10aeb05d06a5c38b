/**
 * `pipeline.prices`: single JSON prices over NATS through the real engine (actors, ticks, `equity.*` published), beside
 * a bare subscriber that only parses, with and without the stream PRICES.
 */
import { barePipeline, enginePipeline } from './pipeline.ts';
import { alternate, ratioOf, rounded } from './rounds.ts';
import type { BenchRow } from './row.ts';

const rounds = 5;

export async function run(): Promise<BenchRow[]> {
  return [...(await measure(true)), ...(await measure(false))];
}

async function measure(capture: boolean): Promise<BenchRow[]> {
  const engine = await enginePipeline(capture);
  const bare = await barePipeline(capture);
  const medians = await alternate(rounds, {
    engine: () => engine.flood('single'),
    bare: () => bare.flood('single'),
  });
  await engine.stop();
  await bare.stop();
  return [
    {
      part: 'pipeline.prices',
      measure: `1,000 accounts x 25 positions, ${capture ? 'with' : 'without'} the stream PRICES`,
      value: rounded(medians.engine),
      unit: 'prices/s',
      ceiling: rounded(medians.bare),
      ratio: ratioOf(medians.engine, medians.bare),
      target: '>= 0.60 of the bare subscriber',
    },
  ];
}
