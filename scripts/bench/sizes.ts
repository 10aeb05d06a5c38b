/** Sizes of a part that can also run small: `--accounts=5000`. */

/** The defaults with what the options say. Throws at an option that the part does not have. */
export function sizesFrom<K extends string>(
  options: readonly string[],
  defaults: Readonly<Record<K, number>>,
): Record<K, number> {
  const sizes: Record<K, number> = { ...defaults };
  for (const option of options) {
    const [, name, value] = /^--([a-z]+)=([1-9]\d{0,8})$/.exec(option) ?? [];
    if (name === undefined || !(name in defaults)) {
      const known = Object.keys(defaults).map((each) => `--${each}=<count>`);
      throw new Error(`${option} is none of ${known.join(', ')}`);
    }
    sizes[name as K] = Number(value);
  }
  return sizes;
}
