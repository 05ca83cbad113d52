"""The language of a service: items, rules, stages, routes, fees, pledges and words; parser and compiler."""
