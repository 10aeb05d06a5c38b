-- At the end of a view of several layers: rewrites that find nothing in it, and pay for looking by hashing whole subqueries
-- for every condition. Without them a view is analysed in up to a third less time; its answer and its reading are the same.
SETTINGS
    optimize_and_compare_chain = 0,
    optimize_extract_common_expressions = 0,
    optimize_aggregators_of_group_by_keys = 0,
    optimize_group_by_function_keys = 0,
    optimize_redundant_functions_in_order_by = 0
