-- States of a rollup merged, of a table that is called states.
sum(states.rows) AS rows,
min(states.open) AS open,
max(states.highest_equity) AS highest_equity,
max(states.highest_nav) AS highest_nav,
min(states.lowest_equity) AS lowest_equity,
min(states.lowest_nav) AS lowest_nav,
min(states.worst_drawdown) AS worst_drawdown,
max(states.last) AS last
