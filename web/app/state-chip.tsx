/** The state of an account in a word; `active.healthy` is what is usual. */

export function StateChip({ state }: { readonly state: string }) {
  const [area = '', part] = state.split('.');
  const text = part ?? area;
  return <span class={`chip ${area === 'active' && part === 'healthy' ? 'usual' : area}`}>{text}</span>;
}
