/** Light or dark: as the system has it until somebody chooses, which this browser remembers. */
import { computed, effect, signal } from '@preact/signals';

export type Theme = 'light' | 'dark';

const key = 'tidemark.theme';
const system = matchMedia('(prefers-color-scheme: dark)');
const systemTheme = signal<Theme>(system.matches ? 'dark' : 'light');
system.addEventListener('change', ({ matches }) => (systemTheme.value = matches ? 'dark' : 'light'));

const kept = localStorage.getItem(key);
const chosen = signal<Theme | null>(kept === 'light' || kept === 'dark' ? kept : null);

export const theme = computed<Theme>(() => chosen.value ?? systemTheme.value);

effect(() => {
  document.documentElement.dataset['theme'] = theme.value;
});

export function switchTheme(): void {
  chosen.value = theme.value === 'dark' ? 'light' : 'dark';
  localStorage.setItem(key, chosen.value);
}
